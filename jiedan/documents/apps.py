"""The room `documents` as a Django application."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "jiedan.documents"
    label = "documents"
    default_auto_field = "django.db.models.BigAutoField"
