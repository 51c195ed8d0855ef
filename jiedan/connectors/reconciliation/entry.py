"""Inputs of the steps on a comparison."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from jiedan.acquisition.entry import Reason
from jiedan.kernel.fields import lazy as _

Number = Annotated[int, Field(ge=1, le=10**9)]


class Given(BaseModel):
    """An input that knows exactly its own fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Found(Given):
    """One difference as the comparison found it; amounts in yuan, None where one side has none."""

    kind: Literal["missing", "unknown", "amount", "status", "total"]
    external_id: str = ""
    order: int | None = None
    theirs_amount: Decimal | None = None
    ours_amount: Decimal | None = None
    theirs_status: str = ""
    ours_status: str = ""


class Totals(Given):
    """How many orders and how much (yuan), there and here."""

    theirs_count: int = 0
    theirs_amount: Decimal = Decimal("0.00")
    ours_count: int = 0
    ours_amount: Decimal = Decimal("0.00")


class Compared(Given):
    """A day of a shop that was compared, as far as one department goes."""

    account: int
    department: int
    day: date
    source: str
    totals: Totals


class NewDifferences(Given):
    """What differs and wasn't known to."""

    found: list[Found]


class Settled(Given):
    """What became of a difference."""

    difference: Number
    result: str
    order: int | None = None


class Vanished(Given):
    """Numbers of differences that are no longer there."""

    differences: list[Number]


class Mend(Given):
    """Which difference is to be mended."""

    difference: Number | None = Field(None, title=_("Number of the difference (empty: all that can be mended)"))


class Explain(Reason):
    """Which difference is explained, and why it is right as it is."""

    difference: Number = Field(title=_("Number of the difference"))
