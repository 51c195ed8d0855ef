"""Working hours and working days: two types that never turn into one another (one day is not eight hours)."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Self


@dataclass(frozen=True, slots=True, order=True)
class WorkHours:
    """A stretch of working time, to the minute."""

    minutes: int

    def __post_init__(self) -> None:
        if type(self.minutes) is not int or self.minutes < 0:
            raise ValueError(f"working hours: {self.minutes!r} is not a number of minutes of 0 or more")

    @classmethod
    def of(cls, hours: Decimal | int | str) -> Self:
        """From hours, e.g. "0.5"; they have to be whole minutes. Raises ValueError."""
        try:
            minutes = Decimal(hours) * 60
        except InvalidOperation as error:
            raise ValueError(f"working hours: {hours!r} is no number of hours; write it like 0.5") from error
        if not minutes.is_finite() or minutes != minutes.to_integral_value():
            raise ValueError(f"working hours: {hours} h is not a whole number of minutes")
        return cls(int(minutes))

    @property
    def hours(self) -> Decimal:
        """The same in hours, e.g. Decimal("0.5")."""
        return Decimal(self.minutes) / 60

    def __add__(self, other: "WorkHours") -> "WorkHours":
        if not isinstance(other, WorkHours):
            return NotImplemented
        return WorkHours(self.minutes + other.minutes)


@dataclass(frozen=True, slots=True, order=True)
class WorkDays:
    """A number of whole working days."""

    days: int

    def __post_init__(self) -> None:
        if type(self.days) is not int or self.days < 0:
            raise ValueError(f"working days: {self.days!r} is not a number of days of 0 or more")

    def __add__(self, other: "WorkDays") -> "WorkDays":
        if not isinstance(other, WorkDays):
            return NotImplemented
        return WorkDays(self.days + other.days)
