"""The room of departments, staff, roles and stand-ins."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "jiedan.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
