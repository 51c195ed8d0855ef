"""The import of spreadsheets as a Django application."""

from django.apps import AppConfig


class SpreadsheetConfig(AppConfig):
    name = "jiedan.connectors.spreadsheet"
    label = "spreadsheet"
    default_auto_field = "django.db.models.BigAutoField"
