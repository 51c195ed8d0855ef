"""Every address of the system."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("jiedan.screens.urls")),
    path("api/v1/", include("jiedan.api.urls")),
    path("accounts/", include("allauth.urls")),
]
