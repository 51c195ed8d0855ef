"""The room `confirmation` as a Django application."""

from django.apps import AppConfig


class ConfirmationConfig(AppConfig):
    name = "jiedan.confirmation"
    label = "confirmation"
    default_auto_field = "django.db.models.BigAutoField"
