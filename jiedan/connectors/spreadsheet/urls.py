"""Addresses of the import's pages; an import of its own stands among the subjects."""

from django.urls import URLPattern, URLResolver, path

from jiedan.connectors.spreadsheet import views

app_name = "spreadsheet"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.imports, name="imports"),
    path("template/", views.template, name="template"),
    path("<str:ref>/progress/", views.progress, name="progress"),
    path("<str:ref>/result/", views.result, name="result"),
]
