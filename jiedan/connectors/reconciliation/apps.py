"""The daily reconciliation as a Django application."""

from django.apps import AppConfig


class ReconciliationConfig(AppConfig):
    name = "jiedan.connectors.reconciliation"
    label = "reconciliation"
    default_auto_field = "django.db.models.BigAutoField"
