"""Addresses of the API; its endpoints are made from the registry."""

from django.urls import URLPattern, URLResolver, path

from jiedan.api.endpoints import build

urlpatterns: list[URLPattern | URLResolver] = [path("", build().urls)]
