"""Addresses of the quarantine's pages; a message of its own stands among the subjects."""

from django.urls import URLPattern, URLResolver, path

from jiedan.connectors import quarantine_views as views

app_name = "quarantine"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.quarantine, name="quarantine"),
    path("many/", views.many, name="many"),
]
