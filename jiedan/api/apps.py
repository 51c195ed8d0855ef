"""The room `api` as a Django application."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "jiedan.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"
