"""Addresses of the connections' pages."""

from django.urls import URLPattern, URLResolver, path

from jiedan.connectors import views

app_name = "connectors"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.connections, name="connections"),
    path("<int:pk>/pull/", views.pull_now, name="pull_now"),
]
