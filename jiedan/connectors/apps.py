"""The room `connectors` as a Django application."""

from django.apps import AppConfig


class ConnectorsConfig(AppConfig):
    name = "jiedan.connectors"
    label = "connectors"
    default_auto_field = "django.db.models.BigAutoField"
