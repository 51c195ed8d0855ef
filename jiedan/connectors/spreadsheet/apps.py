"""The import of spreadsheets as a Django application."""

from django.apps import AppConfig


class SpreadsheetConfig(AppConfig):
    name = "jiedan.connectors.spreadsheet"
    label = "spreadsheet"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have the pages know our forms, and say in words what our records hold as codes."""
        from jiedan.connectors.spreadsheet import forms, showing, tables  # noqa: PLC0415 - needs the models
        from jiedan.screens import own_forms, reading  # noqa: PLC0415
        from jiedan.screens.views import resources_table  # noqa: PLC0415

        own_forms.OWN_FORMS.update(forms.FORMS)
        reading.SAID["counts"] = showing.spoken
        resources_table.READERS["file"] = tables.as_text
