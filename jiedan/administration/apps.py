"""The room `administration` as a Django application."""

from django.apps import AppConfig


class AdministrationConfig(AppConfig):
    name = "jiedan.administration"
    label = "administration"
    default_auto_field = "django.db.models.BigAutoField"
