"""A file as it is looked at before anything of it is stored: its form, the sheet with the rows, the headers."""

from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.utils.translation import gettext as _text

from jiedan.connectors.spreadsheet import reading
from jiedan.connectors.spreadsheet.columns import Table
from jiedan.connectors.spreadsheet.reading import Form, Row, Sheet
from jiedan.connectors.spreadsheet.results import RESULT_TITLES
from jiedan.connectors.spreadsheet.wrong import Unreadable

LONGEST_HEADER = 60
SAMPLE, LONGEST_SAMPLE = 5, 60
"""Rows that are shown to whoever says what the columns are, and characters of a cell."""
RESULT_HEADERS = frozenset(text for texts in RESULT_TITLES for text in texts)
_FORMS: dict[str, Form] = {".xlsx": "xlsx", ".xls": "xls", ".ods": "ods", ".csv": "csv", ".txt": "csv", ".tsv": "csv"}


@dataclass(frozen=True, slots=True)
class Looked:
    """What a file is: its form, the sheet that holds the rows, its headers and how many rows there are below."""

    form: Form
    sheet: int
    headers: list[str]
    first_row: int
    rows: int
    sample: list[Row]


def looked(content: bytes, name: str, table: Table) -> Looked:
    """Look at a file for a TABLE of this kind. Raises Unreadable, which pydantic takes as what is wrong with it."""
    promised = _FORMS.get(PurePath(name).suffix.casefold())
    if promised is None:
        raise Unreadable(_text("Files of this kind aren't read; upload .xlsx, .xls, .ods or .csv."))
    form, sheets = reading.look(content)
    if form != promised:
        raise Unreadable(
            _text(
                "The name says .%(promised)s, but the content is .%(form)s; give it its right name, or save it again."
            )
            % {"promised": promised, "form": form}
        )
    for sheet in sheets:
        found = table.find_headers(sheet.head)
        if found is not None:
            return _looked(form, sheet, found)
    raise Unreadable(_text("No row of headers was found; the first rows have to name the columns, as in the template."))


def _looked(form: Form, sheet: Sheet, found: int) -> Looked:
    if sheet.rows <= found + 1:
        raise Unreadable(_text("There are no rows below the headers."))
    headers = [_header(cell) for cell in sheet.head[found]]
    while headers and (not headers[-1] or headers[-1] in RESULT_HEADERS):
        # A file that was given back with the reasons is of the same layout as before.
        headers.pop()
    sample = [[_shown(cell) for cell in row[: len(headers)]] for row in sheet.head[found + 1 :][:SAMPLE]]
    return Looked(form, sheet.index, headers, found + 1, sheet.rows - found - 1, sample)


def _header(cell: Any) -> str:
    return " ".join(_printed(cell).split())[:LONGEST_HEADER]


def _shown(cell: Any) -> str:
    return _printed(cell)[:LONGEST_SAMPLE]


def _printed(cell: Any) -> str:
    """The cell's text without control characters, which no database keeps in JSON."""
    text = str("" if cell is None else cell)
    return text if text.isprintable() else "".join(letter if letter.isprintable() else " " for letter in text)
