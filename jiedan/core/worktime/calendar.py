"""The working calendar: when a number of working hours or days is over, and why (procedure.md, clocks).

Pure and immutable. Windows are local wall-clock time, arithmetic is on UTC instants: an instant counts
exactly when its local time lies in a window of its local date, so a change of clocks (daylight saving) is
counted right.

Hours. Due is the *earliest* moment at which the time has elapsed: 17:00 + 1 h is 18:00, not the next
morning. No hours at all are due at once while work is on, else when it begins next.

Days. The day of the start isn't counted, whatever its hour (Civil Code art. 201), and the last day ends when
business ends (art. 203): "within n working days" is the closing of the n-th working day after the start's
date. From Monday 08:00, 10:00 or 20:00, three days are due Thursday 18:00; from Saturday, Wednesday 18:00.
No days at all are due at the next closing. A day counts when the clock runs at its closing, so a clock
resumed from a pause is never due before it was resumed, and each closing that a pause covers moves the due
moment on by one working day.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from jiedan.core.amounts import WorkDays, WorkHours
from jiedan.core.worktime.parts import (
    MICROSECOND,
    MINUTE,
    DayOverride,
    NeverOpens,
    OutsideCalendar,
    Pause,
    Slice,
    Window,
    instant_of,
    merged,
    moment_of,
    running,
)
from jiedan.core.worktime.reading import check_windows, checked_zone, read_calendar
from jiedan.core.worktime.years import YearTable, midnight, year_table

FIRST_YEAR, LAST_YEAR = 1970, 2199
SEARCH_YEARS = 10
"""How far a due moment is looked for before the calendar counts as one that never opens."""

_ONE_MINUTE = timedelta(minutes=1)
_MEAN_YEAR = 31_556_952_000_000


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """One version of the company's working calendar.

    WEEK holds the windows of Monday to Sunday, DAYS the dates that differ (holidays, make-up working days,
    half days), PROVISIONAL the years whose holidays aren't announced yet. Moments have to be aware; results
    are in UTC. Raises BadCalendar when built from windows that overlap or from an unknown zone.
    """

    version: int
    week: tuple[tuple[Window, ...], ...]
    days: Mapping[date, DayOverride] = field(default_factory=dict)
    provisional: frozenset[int] = frozenset()
    zone: str = "Asia/Shanghai"
    _zone: ZoneInfo = field(init=False, repr=False, compare=False)
    _years: dict[int, YearTable] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        check_windows(self.week, self.days)
        object.__setattr__(self, "_zone", checked_zone(self.zone))
        object.__setattr__(self, "days", dict(self.days))

    def __hash__(self) -> int:
        return hash((self.version, self.week, self.zone, self.provisional))

    def windows_on(self, day: date) -> tuple[Window, ...]:
        """The working windows of that date."""
        override = self.days.get(day)
        return self.week[day.weekday()] if override is None else override.windows

    def add_hours(self, start: datetime, amount: WorkHours, pauses: Sequence[Pause] = ()) -> datetime:
        """The earliest moment at which AMOUNT of working time has elapsed since START.

        Raises NeverOpens, StillPaused, NaiveMoment, OutsideCalendar; TypeError unless given working hours.
        """
        if not isinstance(amount, WorkHours):
            raise TypeError(f"add_hours takes working hours, not {type(amount).__name__}")
        left = amount.minutes * MINUTE
        begin = instant_of(start)
        if left and not pauses:
            year, table = self._table_at(begin)
            return moment_of(self._earliest(year, table.worked_before(begin) + left))
        return moment_of(self._due(begin, left, merged(pauses)))

    def add_days(self, start: datetime, amount: WorkDays, pauses: Sequence[Pause] = ()) -> datetime:
        """The closing of the AMOUNT-th working day after the date of START (see above for what counts).

        Raises NeverOpens, StillPaused, NaiveMoment, OutsideCalendar; TypeError unless given working days.
        """
        if not isinstance(amount, WorkDays):
            raise TypeError(f"add_days takes working days, not {type(amount).__name__}")
        begin = instant_of(start)
        year, table = self._table_at(begin)
        if amount.days:
            first = bisect_right(table.working_days, start.astimezone(self._zone).toordinal())
        else:
            first = bisect_left(table.closings, begin)
        index = first + max(amount.days, 1) - 1
        if not pauses and index < len(table.closings):
            return moment_of(table.closings[index])
        return moment_of(self._closing_after(year, first, max(amount.days, 1), merged(pauses)))

    def subtract_hours(
        self,
        end: datetime,
        amount: WorkHours,
        not_before: datetime | None = None,
        pauses: Sequence[Pause] = (),
    ) -> datetime:
        """The latest moment from which AMOUNT of working time is left until END, but never before NOT_BEFORE.

        For warnings: half an hour before Monday 09:30 is Monday 09:00, before Monday 09:15 Friday 17:45.
        Raises NeverOpens (without NOT_BEFORE), StillPaused, NaiveMoment, OutsideCalendar, TypeError.
        """
        if not isinstance(amount, WorkHours):
            raise TypeError(f"subtract_hours takes working hours, not {type(amount).__name__}")
        finish = instant_of(end)
        floor = None if not_before is None else min(instant_of(not_before), finish)
        left = amount.minutes * MINUTE
        if left == 0:
            return moment_of(finish)
        _, table = self._table_at(finish)
        worked = table.worked_before(finish)
        if left <= worked and not pauses:
            found = table.latest(worked - left)
            return moment_of(found if floor is None or found > floor else floor)
        for begin, until in reversed(running(self._reach(finish, floor), finish, merged(pauses))):
            worked = self._worked(begin, until)
            if left <= worked:
                return moment_of(self._latest(until, left))
            left -= worked
        if floor is None:
            raise NeverOpens(
                f"calendar version {self.version}: too little working time in the {SEARCH_YEARS} years before"
            )
        return moment_of(floor)

    def elapsed(self, start: datetime, end: datetime, pauses: Sequence[Pause] = ()) -> WorkHours:
        """The whole minutes of working time between START and END without the pauses; see `elapsed_time`."""
        return WorkHours(self._elapsed(start, end, pauses) // MINUTE)

    def elapsed_time(self, start: datetime, end: datetime, pauses: Sequence[Pause] = ()) -> timedelta:
        """The exact working time between START and END without the pauses; none when END is before START.

        A pause still open is taken to last until END.
        """
        return self._elapsed(start, end, pauses) * MICROSECOND

    def is_open(self, moment: datetime) -> bool:
        """Whether MOMENT is in working time (the end of a window no longer is)."""
        return self._is_open(instant_of(moment))

    def next_opening(self, moment: datetime) -> datetime | None:
        """The earliest moment from MOMENT on (itself included) in working time; None when there is none."""
        opening = self._opening(instant_of(moment))
        return None if opening is None else moment_of(opening)

    def closing(self, day: date) -> datetime | None:
        """When work ends on that date; None on a day off."""
        table = self._year(day.year)
        index = bisect_left(table.working_days, day.toordinal())
        if index == len(table.working_days) or table.working_days[index] != day.toordinal():
            return None
        return moment_of(table.closings[index])

    def explain(self, start: datetime, end: datetime, pauses: Sequence[Pause] = ()) -> tuple[Slice, ...]:
        """All of START to END without gaps, date by date: what was counted and what not, and why.

        What the slices counted adds up to `elapsed_time`, their minutes to `elapsed`. A pause still open is taken to last until END.
        """
        begin, finish = instant_of(start), instant_of(end)
        still = merged(_ended(pauses, end))
        cuts = sorted(cut for cut in self._cuts(begin, finish, still) if begin < cut < finish)
        slices: list[Slice] = []
        at, total = begin, timedelta()
        for cut in [*cuts, finish]:
            if at < cut:
                found = self._slice(at, cut, still, total)
                total += found.counted
                if slices and (slices[-1].day, slices[-1].kind) == (found.day, found.kind):
                    found = _joined(slices.pop(), found)
                slices.append(found)
                at = cut
        return tuple(slices)

    def to_json(self) -> dict[str, Any]:
        """The calendar as it stands in the database."""
        return {
            "version": self.version,
            "zone": self.zone,
            "week": [[str(window) for window in windows] for windows in self.week],
            "days": {
                day.isoformat(): {
                    "windows": [str(window) for window in override.windows],
                    "note": override.note,
                }
                for day, override in sorted(self.days.items())
            },
            "provisional": sorted(self.provisional),
        }

    @classmethod
    def from_json(cls, data: object) -> Self:
        """Read a calendar back. Raises BadCalendar naming every wrong field."""
        return cls(*read_calendar(data))

    def _due(self, begin: int, left: int, pauses: list[tuple[int, int]]) -> int:
        end_of_search = self._horizon(begin)
        for start, until in running(begin, end_of_search, pauses):
            if left == 0:
                opening = self._opening(start)
                if opening is not None and opening < until:
                    return opening
                continue
            worked = self._worked(start, until)
            if left <= worked:
                year, table = self._table_at(start)
                return self._earliest(year, table.worked_before(start) + left)
            left -= worked
        raise self._never()

    def _earliest(self, year: int, worked: int) -> int:
        for later in range(year, year + SEARCH_YEARS + 1):
            table = self._year(later)
            if worked <= table.total:
                return table.earliest(worked)
            worked -= table.total
        raise self._never()

    def _latest(self, finish: int, left: int) -> int:
        year, table = self._table_at(finish)
        worked = table.worked_before(finish)
        while worked < left:
            left -= worked
            year -= 1
            table = self._year(year)
            worked = table.total
        return table.latest(worked - left)

    def _closing_after(self, year: int, first: int, count: int, pauses: list[tuple[int, int]]) -> int:
        for later in range(year, year + SEARCH_YEARS + 1):
            closings = self._year(later).closings[first if later == year else 0 :]
            if pauses:
                closings = [at for at in closings if not any(start < at <= end for start, end in pauses)]
            if count <= len(closings):
                return closings[count - 1]
            count -= len(closings)
        raise self._never()

    def _elapsed(self, start: datetime, end: datetime, pauses: Sequence[Pause]) -> int:
        begin, finish = instant_of(start), instant_of(end)
        if finish <= begin:
            return 0
        if not pauses:
            return self._worked(begin, finish)
        return sum(self._worked(*span) for span in running(begin, finish, merged(_ended(pauses, end))))

    def _worked(self, begin: int, finish: int) -> int:
        year, table = self._table_at(begin)
        if finish <= table.finish:
            return table.worked_before(finish) - table.worked_before(begin)
        last, last_table = self._table_at(finish)
        between = sum(self._year(later).total for later in range(year, last))
        return between - table.worked_before(begin) + last_table.worked_before(finish)

    def _is_open(self, instant: int) -> bool:
        _, table = self._table_at(instant)
        index = bisect_right(table.starts, instant) - 1
        return index >= 0 and instant < table.ends[index]

    def _opening(self, instant: int) -> int | None:
        year, table = self._table_at(instant)
        index = bisect_right(table.ends, instant)
        for later in range(year, min(year + SEARCH_YEARS, LAST_YEAR) + 1):
            table = self._year(later)
            if index < len(table.starts):
                return max(instant, table.starts[index])
            index = 0
        return None

    def _cuts(self, begin: int, finish: int, pauses: list[tuple[int, int]]) -> Iterator[int]:
        day, last = (moment_of(at).astimezone(self._zone).date() for at in (begin, finish))
        for year in range(day.year, last.year + 1):
            table = self._year(year)
            yield from table.starts[bisect_left(table.starts, begin) : bisect_right(table.starts, finish)]
            yield from table.ends[bisect_left(table.ends, begin) : bisect_right(table.ends, finish)]
        for start, end in pauses:
            yield from (start, end)
        while day < last:
            day += timedelta(days=1)
            yield midnight(day, self._zone)

    def _slice(self, at: int, cut: int, pauses: list[tuple[int, int]], before: timedelta) -> Slice:
        start, end = moment_of(at).astimezone(self._zone), moment_of(cut).astimezone(self._zone)
        kind = "closed"
        if self._is_open(at):
            kind = "paused" if any(since <= at < until for since, until in pauses) else "working"
        override = self.days.get(start.date())
        note = override.note if override else ""
        counted = (cut - at) * MICROSECOND if kind == "working" else timedelta()
        minutes = (before + counted) // _ONE_MINUTE - before // _ONE_MINUTE
        return Slice(start.date(), start, end, minutes, kind, note, start.year in self.provisional, counted)

    def _reach(self, finish: int, floor: int | None) -> int:
        year, _ = self._table_at(finish)
        earliest = self._year(max(year - SEARCH_YEARS, FIRST_YEAR)).begin
        return earliest if floor is None else max(floor, earliest)

    def _horizon(self, begin: int) -> int:
        year, _ = self._table_at(begin)
        return self._year(min(year + SEARCH_YEARS, LAST_YEAR)).finish

    def _table_at(self, instant: int) -> tuple[int, YearTable]:
        # The mean year is at most one off; the tables know where their local year begins and ends.
        year = 1970 + instant // _MEAN_YEAR
        table = self._years.get(year) or self._year(year)
        if instant < table.begin:
            year -= 1
            table = self._year(year)
        elif instant >= table.finish:
            year += 1
            table = self._year(year)
        return year, table

    def _year(self, year: int) -> YearTable:
        table = self._years.get(year)
        if table is None:
            if not FIRST_YEAR <= year <= LAST_YEAR:
                raise OutsideCalendar(f"{year} is outside {FIRST_YEAR}–{LAST_YEAR}, the years of working calendars")
            table = self._years[year] = year_table(year, self._zone, self.windows_on)
        return table

    def _never(self) -> NeverOpens:
        return NeverOpens(f"calendar version {self.version}: too little working time within {SEARCH_YEARS} years")


def _ended(pauses: Sequence[Pause], end: datetime) -> list[Pause]:
    return [pause if pause.end is not None else Pause(pause.start, end) for pause in pauses]


def _joined(first: Slice, second: Slice) -> Slice:
    minutes, counted = first.minutes + second.minutes, first.counted + second.counted
    return replace(first, end=second.end, minutes=minutes, counted=counted)
