"""The addresses of the portal."""

from django.urls import URLPattern, path

from jiedan.portal import views

urlpatterns: list[URLPattern] = [
    path("<str:token>/", views.portal, name="portal"),
    path("<str:token>/files/<str:sha256>/", views.fetch, name="portal_file"),
]
