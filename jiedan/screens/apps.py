"""The room `screens` as a Django application."""

from django.apps import AppConfig


class ScreensConfig(AppConfig):
    name = "jiedan.screens"
    label = "screens"
    default_auto_field = "django.db.models.BigAutoField"
