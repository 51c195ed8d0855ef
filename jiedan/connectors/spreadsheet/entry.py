"""Inputs of the steps on an import."""

import base64
import binascii
import hashlib
from typing import Annotated, Literal

from django.utils.translation import gettext as _text
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, StringConstraints, model_validator

from jiedan.connectors.spreadsheet import looking
from jiedan.connectors.spreadsheet.kinds import KINDS
from jiedan.connectors.spreadsheet.looking import Looked
from jiedan.kernel.fields import DepartmentRef
from jiedan.kernel.fields import lazy as _

OWN_PLATFORMS = ("manual", "api")
"""Orders that are entered here or sent to our API; no file may speak for them."""


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
    """A file of orders or listings of one shop."""

    holds: Literal["orders", "listings"] = Field("orders", title=_("The file holds"))
    platform: Annotated[
        str, StringConstraints(strip_whitespace=True, pattern=r"^[a-z0-9-]{1,20}$"), BeforeValidator(_of_others)
    ] = Field(title=_("Platform"), description=_("Small letters, digits and hyphens, e.g. kaola, yanxuan, taobao."))
    shop: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)] = Field(
        title=_("Shop"), description=_("Of listings: the account or site that they stand on.")
    )
    department: DepartmentRef | None = Field(None, title=_("Department (empty: yours)"))
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
        self._looked = looking.looked(self.content, self.file_name, KINDS[self.holds].table)
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
