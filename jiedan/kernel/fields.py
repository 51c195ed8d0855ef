"""Kinds of input that stand for something in the database: forms show a choice, the API takes the key."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field


@dataclass(frozen=True, slots=True)
class Choice:
    """Marks an input as the key of a row; WHAT is "department", "staff", …: the form offers those in use."""

    what: str


DepartmentRef = Annotated[int, Field(ge=1), Choice("department")]
StaffRef = Annotated[int, Field(ge=1), Choice("staff")]
