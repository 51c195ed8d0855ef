"""Working time: when a number of working hours or days is over, by the company's calendar (procedure.md, clocks).

Several windows a weekday, overrides per date in both directions (holidays, make-up working days 调休补班, half days),
pauses. Pure and immutable. Windows are local wall-clock time; all arithmetic is on UTC instants, so a change of
clocks (daylight saving) inside or between windows is counted right. Moments must be aware; results are in UTC.

Hours: the due moment is the earliest at which that much working time has elapsed (a window's end, not the next one's
beginning); nothing to count outside hours is due when work begins. Days: the day of the beginning doesn't count
(as in art. 201 of the Civil Code); "within n working days" ends with the last window of the n-th working day after
it at whose end the clock runs. So a clock resumed from a pause is never due before it was resumed.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from jiedan.core.amounts import WorkDays, WorkHours

__all__ = ["DayOverride", "NeverOpens", "Pause", "Slice", "StillPaused", "Window", "WorkCalendar", "WorkDays", "WorkHours"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)
_MINUTE = 60_000_000
SEARCH_YEARS = 10
"""How far ahead a due time is looked for before the calendar counts as one that never opens."""


class NeverOpens(ValueError):
    """The calendar has too little working time: no due moment within ten years."""


class StillPaused(ValueError):
    """A pause without an end: there is no due moment while a clock stands still."""


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Working time from START to END, in minutes after local midnight (24:00 is 1440)."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= 1440:
            raise ValueError(f"window {self.start}–{self.end}: the end has to be after the start, both within the day")

    def __str__(self) -> str:
        return f"{self.start // 60:02d}:{self.start % 60:02d}-{self.end // 60:02d}:{self.end % 60:02d}"


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch during which a clock stands still; END is None while it still does."""

    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class DayOverride:
    """What holds on one date instead of the weekday's windows: none for a day off. NOTE says why."""

    windows: tuple[Window, ...]
    note: str = ""


class Slice(NamedTuple):
    """One stretch of an explanation: counted ("working"), outside hours ("closed") or standing still ("paused")."""

    day: date
    start: datetime
    end: datetime
    minutes: int
    kind: str
    note: str
    provisional: bool


class _Table(NamedTuple):
    """All windows of some years as instants in microseconds, with the working time before each."""

    first: int
    last: int
    starts: list[int]
    ends: list[int]
    before: list[int]

    def position(self, instant: int) -> int:
        """Working time from the table's beginning until INSTANT."""
        index = bisect_right(self.starts, instant) - 1
        if index < 0:
            return 0
        return self.before[index] + min(instant, self.ends[index]) - self.starts[index]

    def earliest(self, position: int) -> int | None:
        """The earliest instant at that position; None when the table ends before it."""
        index = bisect_left(self.before, position) - 1
        if index < 0:
            return None
        instant = self.starts[index] + position - self.before[index]
        return instant if instant <= self.ends[index] else None

    def latest(self, position: int) -> int | None:
        """The latest instant at that position; None when the table begins after it."""
        if position < 0 or not self.starts:
            return None
        index = bisect_right(self.before, position) - 1
        return self.starts[index] + position - self.before[index]


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """A version of the company's working calendar: Monday to Sunday, dates that differ, years not yet announced."""

    version: int
    week: tuple[tuple[Window, ...], ...]
    days: Mapping[date, DayOverride] = field(default_factory=dict)
    provisional: frozenset[int] = frozenset()
    zone: str = "Asia/Shanghai"
    _cache: list[_Table] = field(default_factory=list, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise ValueError(f"week: seven days are needed, Monday first; {len(self.week)} were given")
        for windows in (*self.week, *(override.windows for override in self.days.values())):
            if any(later.start < earlier.end for earlier, later in zip(windows, windows[1:], strict=False)):
                raise ValueError(f"windows {', '.join(map(str, windows))}: they overlap or are out of order")

    def windows_on(self, day: date) -> tuple[Window, ...]:
        """The working windows of that day."""
        override = self.days.get(day)
        return self.week[day.weekday()] if override is None else override.windows

    def add_hours(self, start: datetime, amount: WorkHours, pauses: Sequence[Pause] = ()) -> datetime:
        """The moment at which AMOUNT of working time has elapsed since START. Raises NeverOpens, StillPaused."""
        if not isinstance(amount, WorkHours):
            raise TypeError(f"add_hours takes working hours, not {type(amount).__name__}")
        begin = _instant(start)
        if amount.minutes == 0:
            return self._next_open(start, begin)
        table = self._table(start.year - 1, start.year + 1)
        target = table.position(begin) + amount.minutes * _MINUTE
        due = table.earliest(target)
        if due is None or pauses:
            due = self._due_past_pauses(start, target - table.position(begin), _merged(pauses))
        return _moment(due)

    def _due_past_pauses(self, start: datetime, amount: int, pauses: list[tuple[int, int]]) -> int:
        begin = _instant(start)
        for years in (1, 2, SEARCH_YEARS):
            table = self._table(start.year - 1, start.year + years)
            target = table.position(begin) + amount
            due = table.earliest(target)
            for stop, go in pauses:
                if due is None or stop >= due:
                    break
                target += max(0, table.position(go) - table.position(max(stop, begin)))
                due = table.earliest(target)
            if due is not None:
                return due
        raise NeverOpens(f"calendar version {self.version}: too little working time within {SEARCH_YEARS} years")

    def add_days(self, start: datetime, amount: WorkDays, pauses: Sequence[Pause] = ()) -> datetime:
        """The end of the AMOUNT-th working day after the day of START. Raises NeverOpens, StillPaused."""
        if not isinstance(amount, WorkDays):
            raise TypeError(f"add_days takes working days, not {type(amount).__name__}")
        merged = _merged(pauses)
        day = start.astimezone(ZoneInfo(self.zone)).date() if _instant(start) is not None else start.date()
        left = amount.days
        if left == 0:
            return self.closing(day) or self._next_closing(day)
        for _ in range(366 * SEARCH_YEARS):
            day += timedelta(days=1)
            closing = self.closing(day)
            if closing is None or _stands_still(merged, _instant(closing)):
                continue
            left -= 1
            if left == 0:
                return closing
        raise NeverOpens(f"calendar version {self.version}: too few working days within {SEARCH_YEARS} years")

    def closing(self, day: date) -> datetime | None:
        """When work ends on that day; None on a day off."""
        windows = self.windows_on(day)
        return self._at(day, windows[-1].end) if windows else None

    def _next_closing(self, day: date) -> datetime:
        for _ in range(366 * SEARCH_YEARS):
            day += timedelta(days=1)
            closing = self.closing(day)
            if closing is not None:
                return closing
        raise NeverOpens(f"calendar version {self.version}: it has no working day within {SEARCH_YEARS} years")

    def subtract_hours(
        self,
        end: datetime,
        amount: WorkHours,
        not_before: datetime | None = None,
        pauses: Sequence[Pause] = (),
    ) -> datetime:
        """The latest moment from which AMOUNT of working time is left until END: when to warn; never before NOT_BEFORE."""
        if not isinstance(amount, WorkHours):
            raise TypeError(f"subtract_hours takes working hours, not {type(amount).__name__}")
        finish = _instant(end)
        table = self._table(end.year - 2, end.year + 1)
        target = table.position(finish) - amount.minutes * _MINUTE
        found = table.latest(target)
        for stop, go in reversed(_merged(pauses)):
            if found is None or go <= found:
                break
            if stop < finish:
                target -= table.position(min(go, finish)) - table.position(stop)
                found = table.latest(target)
        floor = None if not_before is None else _instant(not_before)
        if found is None:
            found = finish if floor is None else floor
        return _moment(min(finish, found if floor is None else max(found, floor)))

    def elapsed(self, start: datetime, end: datetime, pauses: Sequence[Pause] = ()) -> timedelta:
        """The working time between START and END without the pauses; nothing when END is before START.

        A pause still open is taken to last until END.
        """
        begin, finish = _instant(start), _instant(end)
        if finish <= begin:
            return timedelta(0)
        table = self._table(start.year - 1, end.year + 1)
        total = table.position(finish) - table.position(begin)
        if pauses:
            for stop, go in _merged([Pause(pause.start, pause.end or end) for pause in pauses]):
                overlap = table.position(min(go, finish)) - table.position(max(stop, begin))
                total -= max(0, overlap)
        return total * _MICRO

    def is_open(self, moment: datetime) -> bool:
        """Whether MOMENT is within working time (the end of a window no longer is)."""
        instant = _instant(moment)
        table = self._table(moment.year - 1, moment.year + 1)
        index = bisect_right(table.starts, instant) - 1
        return index >= 0 and instant < table.ends[index]

    def next_opening(self, moment: datetime) -> datetime | None:
        """When work begins next after MOMENT; None when it never does."""
        instant = _instant(moment)
        for years in (1, SEARCH_YEARS):
            table = self._table(moment.year - 1, moment.year + years)
            index = bisect_right(table.starts, instant)
            if index < len(table.starts):
                return _moment(table.starts[index])
        return None

    def explain(self, start: datetime, end: datetime, pauses: Sequence[Pause] = ()) -> tuple[Slice, ...]:
        """Every stretch between START and END: which were counted, which not and why, in local time."""
        return tuple(self._slices(start, end, _merged([Pause(p.start, p.end or end) for p in pauses])))

    def _slices(self, start: datetime, end: datetime, pauses: list[tuple[int, int]]) -> Iterator[Slice]:
        zone = ZoneInfo(self.zone)
        day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
        while day <= last:
            override = self.days.get(day)
            note = override.note if override else ""
            provisional = day.year in self.provisional
            counted = False
            for window in self.windows_on(day):
                begin = max(_instant(self._at(day, window.start)), _instant(start))
                finish = min(_instant(self._at(day, window.end)), _instant(end))
                for left, right, kind in _cut(begin, finish, pauses):
                    counted = True
                    minutes = (right - left) // _MINUTE if kind == "working" else 0
                    yield Slice(day, _local(left, zone), _local(right, zone), minutes, kind, note, provisional)
            if not counted:
                left, right = max(self._at(day, 0), start), min(self._at(day, 1440), end)
                yield Slice(day, left.astimezone(zone), right.astimezone(zone), 0, "closed", note, provisional)
            day += timedelta(days=1)

    def _next_open(self, start: datetime, begin: int) -> datetime:
        if self.is_open(start):
            return _moment(begin)
        opening = self.next_opening(start)
        if opening is None:
            raise NeverOpens(f"calendar version {self.version}: it never opens")
        return opening

    def _at(self, day: date, minute: int) -> datetime:
        extra, minute = divmod(minute, 1440)
        local = datetime.combine(day + timedelta(days=extra), time(minute // 60, minute % 60), ZoneInfo(self.zone))
        return local.astimezone(UTC)

    def _table(self, first: int, last: int) -> _Table:
        if self._cache and self._cache[0].first <= first and self._cache[0].last >= last:
            return self._cache[0]
        if self._cache:
            first, last = min(first, self._cache[0].first), max(last, self._cache[0].last)
        table = self._computed(first, last)
        self._cache[:] = [table]
        return table

    def _computed(self, first: int, last: int) -> _Table:
        table = _Table(first, last, [], [], [])
        total = 0
        for ordinal in range(date(first, 1, 1).toordinal(), date(last, 12, 31).toordinal() + 1):
            day = date.fromordinal(ordinal)
            for window in self.windows_on(day):
                start, end = _instant(self._at(day, window.start)), _instant(self._at(day, window.end))
                if start < end:
                    table.starts.append(start)
                    table.ends.append(end)
                    table.before.append(total)
                    total += end - start
        return table


def _instant(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone; working time needs an aware datetime")
    return (moment - _EPOCH) // _MICRO


def _moment(instant: int) -> datetime:
    return _EPOCH + timedelta(microseconds=instant)


def _local(instant: int, zone: ZoneInfo) -> datetime:
    return _moment(instant).astimezone(zone)


def _merged(pauses: Sequence[Pause]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for pause in pauses:
        if pause.end is None:
            raise StillPaused(f"the pause since {pause.start} has no end yet")
        spans.append((_instant(pause.start), _instant(pause.end)))
    merged: list[tuple[int, int]] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _stands_still(pauses: list[tuple[int, int]], instant: int) -> bool:
    return any(start < instant <= end for start, end in pauses)


def _cut(begin: int, finish: int, pauses: list[tuple[int, int]]) -> Iterator[tuple[int, int, str]]:
    at = begin
    for start, end in pauses:
        left, right = max(start, at), min(end, finish)
        if left < right:
            if at < left:
                yield at, left, "working"
            yield left, right, "paused"
            at = right
    if at < finish:
        yield at, finish, "working"
