"""A second opinion on working time: slow, by walking every minute, and sharing nothing with core.worktime but its data.

A minute counts when the wall clock at its beginning stands in a window of the date it shows. Sums over the walked
minutes give elapsed time; due and warning moments are then found by bisection on the definition itself.
"""

import random
from array import array
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from jiedan.core.worktime import Pause, WorkCalendar

MINUTE = 60_000_000
Span = tuple[int, int]


class Oracle:
    """Everything about DAYS days from FIRST on; asking beyond them fails, it never guesses."""

    def __init__(self, calendar: WorkCalendar, first: date, days: int) -> None:
        self.zone = ZoneInfo(calendar.zone)
        self.begin = datetime(first.year, first.month, first.day, tzinfo=UTC)
        self.is_open = bytearray(days * 1440)
        self.before = array("q", [0])
        self.closings: dict[date, int] = {}
        for index in range(days * 1440):
            local = (self.begin + timedelta(minutes=index)).astimezone(self.zone)
            minute = local.hour * 60 + local.minute
            working = any(window.start <= minute < window.end for window in calendar.windows_on(local.date()))
            self.is_open[index] = working
            self.before.append(self.before[-1] + working)
            if working:
                self.closings[local.date()] = (index + 1) * MINUTE

    def at(self, moment: datetime) -> int:
        """Microseconds since the oracle's beginning."""
        return (moment - self.begin) // timedelta(microseconds=1)

    def moment(self, at: int) -> datetime:
        """The other way round."""
        return self.begin + timedelta(microseconds=at)

    def elapsed(self, start: int, end: int, pauses: list[Span]) -> int:
        """Working microseconds from START to END outside every pause: piece by piece."""
        edges = {start, end} | {edge for span in pauses for edge in span if start < edge < end}
        cuts = sorted(edges)
        return sum(
            self._worked(right) - self._worked(left)
            for left, right in pairwise(cuts)
            if not any(begin <= left < finish for begin, finish in pauses)
        )

    def add_hours(self, start: int, minutes: int, pauses: list[Span]) -> int:
        """The earliest moment by which that much has elapsed."""
        low, high = start, len(self.is_open) * MINUTE
        assert self.elapsed(start, high, pauses) >= minutes * MINUTE, "the oracle has too few days for this case"
        while low < high:
            middle = (low + high) // 2
            if self.elapsed(start, middle, pauses) >= minutes * MINUTE:
                high = middle
            else:
                low = middle + 1
        return low

    def subtract_hours(self, end: int, minutes: int, pauses: list[Span], not_before: int) -> int:
        """The latest moment from which that much is left, but not before NOT_BEFORE."""
        low, high = not_before, end
        while low < high:
            middle = (low + high + 1) // 2
            if self.elapsed(middle, end, pauses) >= minutes * MINUTE:
                low = middle
            else:
                high = middle - 1
        return low

    def add_days(self, start: int, days: int, pauses: list[Span]) -> int:
        """Walk date by date from the day after the start to the closing that is due; for no days to the next one."""
        day = self.moment(start).astimezone(self.zone).date()
        left = max(days, 1)
        day += timedelta(days=1 if days else -1)
        while True:
            assert day <= max(self.closings), "the oracle has too few days for this case"
            closing = self.closings.get(day)
            if closing is not None and closing >= start and not any(s < closing <= e for s, e in pauses):
                left -= 1
                if left == 0:
                    return closing
            day += timedelta(days=1)

    def _worked(self, at: int) -> int:
        index, rest = divmod(at, MINUTE)
        if index == len(self.is_open):
            return self.before[index] * MINUTE
        return self.before[index] * MINUTE + (rest if self.is_open[index] else 0)


def random_pauses(rng: random.Random, around: int) -> list[Span]:
    """Up to four pauses near AROUND: overlapping, unsorted, empty, to the minute or not."""
    spans = []
    for _ in range(rng.choice((0, 0, 1, 1, 2, 3, 4))):
        unit, most = rng.choice(((MINUTE, 3000), (60 * MINUTE, 500), (1_000_001, 3000)))
        start = max(0, around // MINUTE * MINUTE + rng.randrange(-3 * 1440, 12 * 1440) * MINUTE)
        spans.append((start, start + rng.randrange(0, most) * unit))
    return spans


def as_pauses(oracle: Oracle, spans: list[Span]) -> list[Pause]:
    """The same pauses as moments."""
    return [Pause(oracle.moment(start), oracle.moment(end)) for start, end in spans]
