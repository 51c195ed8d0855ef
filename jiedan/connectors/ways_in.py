"""Addresses that other systems send to; what comes in here passes no middleware (see front.py)."""

from django.urls import URLPattern, URLResolver, path

from jiedan.connectors.pushed import View, as_view
from jiedan.connectors.webhook import views as webhook
from jiedan.connectors.yanxuan import views as yanxuan

VIEWS: dict[str, View] = {"webhook": webhook.push, "yanxuan": yanxuan.push}

app_name = "connect"
urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{name}/<slug:code>", as_view(view), name=name) for name, view in VIEWS.items()
]
