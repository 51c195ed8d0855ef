"""One year of a calendar as instants with running sums, so that a question is a binary search, not a walk."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from jiedan.core.worktime.parts import MINUTE, Window, instant_of, moment_of

Span = tuple[int, int]


class YearTable(NamedTuple):
    """The windows of one local year: starts, ends, the working time before each, each day's closing."""

    begin: int
    finish: int
    starts: list[int]
    ends: list[int]
    before: list[int]
    total: int
    working_days: list[int]
    closings: list[int]

    def worked_before(self, instant: int) -> int:
        """Working time from the year's beginning until INSTANT."""
        index = bisect_right(self.starts, instant) - 1
        if index < 0:
            return 0
        end = self.ends[index]
        return self.before[index] + (instant if instant < end else end) - self.starts[index]

    def earliest(self, worked: int) -> int:
        """The earliest instant before which that much was worked; 0 < WORKED <= total."""
        index = bisect_left(self.before, worked) - 1
        return self.starts[index] + worked - self.before[index]

    def latest(self, worked: int) -> int:
        """The latest instant before which no more than that was worked; 0 <= WORKED < total."""
        index = bisect_right(self.before, worked) - 1
        return self.starts[index] + worked - self.before[index]


def year_table(year: int, zone: ZoneInfo, windows_on: Callable[[date], tuple[Window, ...]]) -> YearTable:
    """Compute the table of one year."""
    midnights = _midnights(year, zone)
    spans: list[Span] = []
    days: list[tuple[int, int]] = []
    for index, ordinal in enumerate(range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal())):
        day = date.fromordinal(ordinal)
        of_day = day_spans(day, zone, windows_on(day), midnights[index], midnights[index + 1])
        if of_day:
            spans += of_day
            days.append((of_day[-1][1], ordinal))
    spans.sort()
    before, total = [], 0
    for start, end in spans:
        before.append(total)
        total += end - start
    starts, ends = [span[0] for span in spans], [span[1] for span in spans]
    begin, finish = min([midnights[0], *starts[:1]]), max([midnights[-1], *ends[-1:]])
    return YearTable(
        begin,
        finish,
        starts,
        ends,
        before,
        total,
        [ordinal for _, ordinal in days],
        [closing for closing, _ in days],
    )


def day_spans(day: date, zone: ZoneInfo, windows: tuple[Window, ...], begin: int, end: int) -> list[Span]:
    """The windows of a day as instants. BEGIN and END are the midnights around it."""
    if not windows:
        return []
    if end - begin == 1440 * MINUTE:
        return [(begin + window.start * MINUTE, begin + window.end * MINUTE) for window in windows]
    return _walked(day, zone, windows, begin, end)


def midnight(day: date, zone: ZoneInfo) -> int:
    """The instant at which the local date begins."""
    return instant_of(datetime.combine(day, time(), zone).astimezone(UTC))


def _midnights(year: int, zone: ZoneInfo) -> list[int]:
    first, last = date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()
    return [midnight(date.fromordinal(ordinal), zone) for ordinal in range(first, last + 1)]


def _walked(day: date, zone: ZoneInfo, windows: tuple[Window, ...], begin: int, end: int) -> list[Span]:
    # The clocks change on this day: a window may be cut, lengthened or happen twice, so ask every minute.
    spans: list[Span] = []
    for instant in range(begin, end, MINUTE):
        local = moment_of(instant).astimezone(zone)
        minute = local.hour * 60 + local.minute
        if local.date() != day or not any(window.start <= minute < window.end for window in windows):
            continue
        if spans and spans[-1][1] == instant:
            spans[-1] = (spans[-1][0], instant + MINUTE)
        else:
            spans.append((instant, instant + MINUTE))
    return spans
