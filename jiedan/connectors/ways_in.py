"""Addresses that other systems send to; what comes in here passes no middleware (see front.py)."""

from django.urls import URLPattern, URLResolver, path

from jiedan.connectors.webhook import views as webhook
from jiedan.connectors.yanxuan import views as yanxuan

app_name = "connect"
urlpatterns: list[URLPattern | URLResolver] = [
    path("webhook/<slug:code>", webhook.push, name="webhook"),
    path("yanxuan/<slug:code>", yanxuan.push, name="yanxuan"),
]
