"""Addresses of the page of callbacks."""

from django.urls import URLPattern, URLResolver, path

from jiedan.connectors.outgoing import views

app_name = "outgoing"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.outgoing, name="outgoing"),
    path("again/", views.all_again, name="all_again"),
    path("<int:pk>/again/", views.again, name="again"),
]
