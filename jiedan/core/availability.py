"""What is free in a period: people's hours, pieces of equipment, stock; and how each figure came about (2.2.1, 3.2).

What an open order needs is spread evenly over the working time until its promised day, because nobody has said yet who
does it when; what falls into the period is taken off, rounded up. An order without a day, or whose day is over, is
taken off whole: it may be wanted at once. A period runs from a moment to the end of a day, by the working calendar.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from jiedan.core.worktime import WorkCalendar

FARTHEST = 366
"""Days ahead up to which pieces of equipment are looked at."""


@dataclass(frozen=True, slots=True)
class Need:
    """What an open order needs: minutes of work, or pieces; by its promised day, if there is one."""

    order: str
    amount: int
    by: date | None = None


@dataclass(frozen=True, slots=True)
class Take:
    """What an open order takes of a period: minutes, or pieces."""

    order: str
    amount: int


@dataclass(frozen=True, slots=True)
class Period:
    """From a moment to the end of a day."""

    calendar: WorkCalendar
    start: datetime
    until: date

    @property
    def minutes(self) -> int:
        """The working time in it."""
        return self.minutes_to(self.until)

    def minutes_to(self, day: date) -> int:
        """The working time from its start to the end of another DAY; none when that is over."""
        end = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(self.calendar.zone))
        return self.calendar.elapsed(self.start, end).minutes

    def share(self, need: Need) -> int:
        """The part of what an order needs that falls into the period."""
        if need.by is None or need.by <= self.until:
            return need.amount
        whole = self.minutes_to(need.by)
        return need.amount if whole == 0 else -(-need.amount * self.minutes // whole)

    def takes(self, needs: Iterable[Need]) -> tuple[Take, ...]:
        """What each order takes of the period, the most first; orders that take nothing are left out."""
        found = (Take(need.order, self.share(need)) for need in needs)
        return tuple(sorted((take for take in found if take.amount), key=lambda take: (-take.amount, take.order)))


@dataclass(frozen=True, slots=True)
class FreeHours:
    """The minutes that PEOPLE with a skill have in a period, EACH that much, and what open orders take of it."""

    people: int
    each: int
    takes: tuple[Take, ...]

    @property
    def total(self) -> int:
        """What they have all together."""
        return self.people * self.each

    @property
    def needed(self) -> int:
        """What open orders take."""
        return sum(take.amount for take in self.takes)

    @property
    def free(self) -> int:
        """What is left; below zero what is lacking already."""
        return self.total - self.needed


def free_hours(period: Period, people: int, needs: Iterable[Need]) -> FreeHours:
    """The free minutes of PEOPLE who all have a skill, after what open orders need of it."""
    return FreeHours(people, period.minutes, period.takes(needs))


@dataclass(frozen=True, slots=True)
class Outage:
    """From when to when a piece of equipment is out of order, both days included; without an end until further notice."""

    since: date
    until: date | None = None

    def covers(self, day: date) -> bool:
        """Whether the piece can't be used on that day."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class FreePieces:
    """The PIECES of a kind of equipment, those USABLE throughout a period of MINUTES, and what open orders take of it."""

    pieces: int
    usable: int
    minutes: int
    takes: tuple[Take, ...]

    @property
    def needed(self) -> int:
        """The minutes that open orders take."""
        return sum(take.amount for take in self.takes)

    @property
    def busy(self) -> int:
        """The pieces that this keeps busy, rounded up; all of them when the period has no working time."""
        if self.needed == 0:
            return 0
        return -(-self.needed // self.minutes) if self.minutes else self.usable

    @property
    def free(self) -> int:
        """The pieces that are left; below zero what is lacking already."""
        return self.usable - self.busy


def free_pieces(period: Period, pieces: Sequence[Sequence[Outage]], needs: Iterable[Need]) -> FreePieces:
    """The free ones of PIECES (each with its outages): as many as can be used on the worst working day of the period."""
    first = period.start.astimezone(ZoneInfo(period.calendar.zone)).date()
    span = range(min((period.until - first).days, FARTHEST) + 1)
    days = [day for n in span if period.calendar.windows_on(day := first + timedelta(days=n))]
    usable = (sum(1 for outages in pieces if not any(one.covers(day) for one in outages)) for day in days or [first])
    return FreePieces(len(pieces), min(usable), period.minutes, period.takes(needs))


@dataclass(frozen=True, slots=True)
class FreeStock:
    """What is on hand of an item, and what open orders take of it whenever they are promised for."""

    on_hand: int
    takes: tuple[Take, ...]

    @property
    def needed(self) -> int:
        """What open orders take."""
        return sum(take.amount for take in self.takes)

    @property
    def free(self) -> int:
        """What is left; below zero what is lacking already."""
        return self.on_hand - self.needed


def free_stock(on_hand: int, needs: Iterable[Need]) -> FreeStock:
    """What is left on hand after open orders."""
    takes = sorted((Take(need.order, need.amount) for need in needs), key=lambda take: (-take.amount, take.order))
    return FreeStock(on_hand, tuple(takes))
