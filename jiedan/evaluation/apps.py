"""The room `evaluation` as a Django application."""

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "jiedan.evaluation"
    label = "evaluation"
    default_auto_field = "django.db.models.BigAutoField"
