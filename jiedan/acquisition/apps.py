"""The room `acquisition` as a Django application."""

from django.apps import AppConfig


class AcquisitionConfig(AppConfig):
    name = "jiedan.acquisition"
    label = "acquisition"
    default_auto_field = "django.db.models.BigAutoField"
