"""Working hours and working days: two types that never turn into one another (one day is not eight hours)."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, order=True)
class WorkHours:
    """A stretch of working time, to the minute."""

    minutes: int

    def __post_init__(self) -> None:
        if not isinstance(self.minutes, int) or self.minutes < 0:
            raise ValueError(f"working hours: {self.minutes!r} is not a number of minutes of 0 or more")

    @classmethod
    def of(cls, hours: Decimal | int | str) -> "WorkHours":
        """From hours, e.g. "0.5"; they have to be whole minutes."""
        minutes = Decimal(hours) * 60
        if minutes != minutes.to_integral_value():
            raise ValueError(f"working hours: {hours} h is not a whole number of minutes")
        return cls(int(minutes))


@dataclass(frozen=True, slots=True, order=True)
class WorkDays:
    """A number of whole working days."""

    days: int

    def __post_init__(self) -> None:
        if not isinstance(self.days, int) or self.days < 0:
            raise ValueError(f"working days: {self.days!r} is not a number of days of 0 or more")
