"""Kinds of input that stand for something in the database: forms show a choice, the API takes the key."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, cast

from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext_lazy
from pydantic import AfterValidator, Field


def lazy(message: str) -> str:
    """A message translated when it is read, typed as the text that pydantic's declarations ask for."""
    return cast(str, gettext_lazy(message))


@dataclass(frozen=True, slots=True)
class Choice:
    """Marks an input as the key of a row; WHAT is "department", "staff", …: the form offers those in use."""

    what: str


@dataclass(frozen=True, slots=True)
class Concealed:
    """Marks an input that nobody may read over a shoulder: forms hide it, and neither keep it nor send it back."""


def _with_zone(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=get_current_timezone())


DepartmentRef = Annotated[int, Field(ge=1, le=2**53), Choice("department")]
StaffRef = Annotated[int, Field(ge=1, le=2**53), Choice("staff")]
LocalDatetime = Annotated[datetime, AfterValidator(_with_zone)]
"""A moment; without a zone it is the company's local time, as a form's field gives it."""
