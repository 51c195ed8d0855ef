"""A number that the company sets, and what it counts."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Unit(StrEnum):
    """What a value counts; working hours and working days never mix with hours and days on the clock."""

    WORKHOURS = "workhours"
    WORKDAYS = "workdays"
    HOURS = "hours"
    DAYS = "days"
    PERCENT = "percent"
    YUAN = "yuan"
    COUNT = "count"
    POINTS = "points"

    @property
    def title_zh(self) -> str:
        """The unit as people write it after a number."""
        return _UNITS[self][0]

    @property
    def title_en(self) -> str:
        """The unit as people write it after a number."""
        return _UNITS[self][1]

    @property
    def step(self) -> Decimal:
        """What a number in this unit has to be a multiple of (in sixtieths for hours: whole minutes)."""
        return _UNITS[self][2]


MINUTES, WHOLE, HUNDREDTHS = Decimal(1) / 60, Decimal(1), Decimal("0.01")
_UNITS: dict[Unit, tuple[str, str, Decimal]] = {
    Unit.WORKHOURS: ("工作小时", "working hours", MINUTES),
    Unit.WORKDAYS: ("个工作日", "working days", WHOLE),
    Unit.HOURS: ("小时", "hours", MINUTES),
    Unit.DAYS: ("天", "days", WHOLE),
    Unit.PERCENT: ("%", "%", HUNDREDTHS),
    Unit.YUAN: ("元", "yuan", HUNDREDTHS),
    Unit.COUNT: ("次", "times", WHOLE),
    Unit.POINTS: ("分", "points", WHOLE),
}


@dataclass(frozen=True, slots=True)
class Value:
    """A number that the company sets, its unit, default and range (both ends allowed).

    COMPANY_VALUE marks the six that the procedure itself leaves open; WARNS_OF names the limit that a warning
    comes before, which has to be longer than the warning.
    """

    key: str
    clause: str
    unit: Unit
    default: Decimal
    minimum: Decimal
    maximum: Decimal
    title_zh: str
    title_en: str
    company_value: bool = False
    warns_of: str | None = None
