"""The forms of the import's steps that are made by hand."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from jiedan.connectors.spreadsheet.entry import Upload
from jiedan.screens.fields import form_of
from jiedan.screens.own_forms import Extra


def _upload(values: Mapping[str, str], errors: Mapping[str, list[str]]) -> dict[str, Any]:
    fields = form_of(Upload, values, errors, without={"content", "file_name"})
    for view in fields:
        if view.name == "holds":
            view.choices = [("orders", _("orders")), ("listings", _("listings (for the square)"))]
    return {
        "fields": fields,
        "file_errors": [*errors.get("content", []), *errors.get("", [])],
        "above": [],
    }


def _columns(values: Mapping[str, str], errors: Mapping[str, list[str]]) -> dict[str, Any]:
    return {"typed": values, "errors": errors, "above": errors.get("columns", [])}


FORMS: dict[str, tuple[str, Extra]] = {
    "spreadsheet.start_import": ("spreadsheet/upload.html", _upload),
    "spreadsheet.map_columns": ("spreadsheet/mapping.html", _columns),
}
