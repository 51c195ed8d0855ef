"""Addresses that other systems send to; what comes in here passes no middleware (see front.py)."""

from django.urls import URLPattern, URLResolver, path

from jiedan.connectors.yanxuan import views as yanxuan

app_name = "connect"
urlpatterns: list[URLPattern | URLResolver] = [
    path("yanxuan/<slug:code>", yanxuan.push, name="yanxuan"),
]
