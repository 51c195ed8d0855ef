"""The room `demo` as a Django application."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "jiedan.demo"
    label = "demo"
    default_auto_field = "django.db.models.BigAutoField"
