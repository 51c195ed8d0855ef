"""Inputs of the steps on an import, and the file as it is looked at before anything is stored."""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Annotated, Any

from django.utils.translation import gettext as _text
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, StringConstraints, model_validator

from jiedan.connectors.spreadsheet import columns, reading
from jiedan.connectors.spreadsheet.reading import Form, Sheet
from jiedan.connectors.spreadsheet.results import RESULT_TITLES
from jiedan.connectors.spreadsheet.wrong import Unreadable
from jiedan.kernel.fields import lazy as _

OWN_PLATFORMS = ("manual", "api")
"""Orders that are entered here or sent to our API; no file may speak for them."""
LONGEST_HEADER = 60
RESULT_HEADERS = frozenset(text for texts in RESULT_TITLES for text in texts)


@dataclass(frozen=True, slots=True)
class Looked:
    """What a file is: its form, the sheet that holds the orders, its headers and how many rows there are below."""

    form: Form
    sheet: int
    headers: list[str]
    first_row: int
    rows: int


def _bytes(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError(_text("The file's content is expected in base64.")) from error


def _of_others(value: str) -> str:
    if value in OWN_PLATFORMS:
        raise ValueError(_text("Orders of this platform don't come from files; choose another."))
    return value


class Given(BaseModel):
    """An input that knows exactly its own fields."""

    model_config = ConfigDict(extra="forbid")


class Upload(Given):
    """A file of orders of one shop."""

    platform: Annotated[
        str, StringConstraints(strip_whitespace=True, pattern=r"^[a-z0-9-]{1,20}$"), BeforeValidator(_of_others)
    ] = Field(title=_("Platform"), description=_("Small letters, digits and hyphens, e.g. kaola, yanxuan, taobao."))
    shop: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)] = Field(title=_("Shop"))
    file_name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] = Field(
        title=_("File name")
    )
    content: Annotated[bytes, BeforeValidator(_bytes)] = Field(title=_("File"), repr=False)
    _looked: Looked = PrivateAttr()

    @property
    def looked(self) -> Looked:
        """What the file is; read once, when the input is checked."""
        return self._looked

    @property
    def digest(self) -> str:
        """SHA-256 of the file."""
        return hashlib.sha256(self.content).hexdigest()

    @model_validator(mode="after")
    def _look(self) -> "Upload":
        self._looked = looked(self.content)
        return self


class ColumnsChosen(Given):
    """Which column holds what: fields by name, with the index of their column from 0."""

    columns: dict[str, Annotated[int, Field(ge=0, le=300)]] = Field(title=_("Columns"))


class Checked(Given):
    """What a check has found: rows and orders, how many of each kind; PROBLEM when the file can't be read any more."""

    rows: int = 0
    orders: int = 0
    counts: dict[str, int] = {}
    problem: str = ""


class Taken(Given):
    """How many orders became what."""

    orders: int
    counts: dict[str, int]


def looked(content: bytes) -> Looked:
    """Look at a file. Raises Unreadable, which pydantic takes as what is wrong with it."""
    form, sheets = reading.look(content)
    for sheet in sheets:
        found = columns.find_headers(sheet.head)
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
    return Looked(form, sheet.index, headers, found + 1, sheet.rows - found - 1)


def _header(cell: Any) -> str:
    return " ".join(str(cell if cell is not None else "").split())[:LONGEST_HEADER]


