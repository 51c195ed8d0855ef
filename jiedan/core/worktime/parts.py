"""The pieces of working time: windows, dates that differ, pauses, slices, and what can go wrong."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from jiedan.core.faults import WrongInput

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MINUTE = 60_000_000
"""A minute in microseconds: instants are whole microseconds since the epoch, so nothing is ever rounded."""

_WINDOW = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)\s*[-–—~至]\s*([01]?\d|2[0-4]):([0-5]\d)", re.ASCII)


class WorktimeError(ValueError):
    """Working time can't be told from what was given."""


class NaiveMoment(WorktimeError):
    """A moment without a time zone was given."""


class OutsideCalendar(WorktimeError):
    """A moment outside the years for which working time is computed."""


class NeverOpens(WorktimeError):
    """The calendar has too little working time: nothing is due within the years that are searched."""


class StillPaused(WorktimeError):
    """A pause without an end: there is no due moment while a clock stands still."""


class BadCalendar(WrongInput):
    """Calendar data that can't be used; its faults name the field, the reason and the remedy."""


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Working time from START up to END, in minutes after local midnight (24:00 is 1440)."""

    start: int
    end: int

    def __post_init__(self) -> None:
        whole = type(self.start) is int and type(self.end) is int
        if not whole or not 0 <= self.start < self.end <= 1440:
            raise ValueError(f"window {self.start}–{self.end}: the end has to be after the start, both within the day")

    @classmethod
    def parse(cls, text: str) -> "Window":
        """A window such as 09:00-12:00. Raises ValueError."""
        found = _WINDOW.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"“{text}” is no window")
        hour, minute, end_hour, end_minute = map(int, found.groups())
        return cls(hour * 60 + minute, end_hour * 60 + end_minute)

    def __str__(self) -> str:
        return f"{self.start // 60:02d}:{self.start % 60:02d}-{self.end // 60:02d}:{self.end % 60:02d}"


@dataclass(frozen=True, slots=True)
class DayOverride:
    """What holds on one date instead of the weekday's windows: none for a day off. NOTE says why."""

    windows: tuple[Window, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch during which a clock stands still; END is None while it still does."""

    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Slice:
    """One stretch of an explanation, within one local date: counted ("working"), outside hours ("closed") or
    within hours but standing still ("paused"). START and END are local; NOTE is the date's (国庆节调休补班);
    PROVISIONAL says that the year's holidays aren't announced yet. COUNTED is exact; MINUTES are whole and rounded
    so that those of all slices add up to the whole minutes elapsed.
    """

    day: date
    start: datetime
    end: datetime
    minutes: int
    kind: str
    note: str
    provisional: bool
    counted: timedelta


def instant_of(moment: datetime) -> int:
    """MOMENT in microseconds since the epoch. Raises NaiveMoment."""
    try:
        since = moment - EPOCH
    except TypeError as error:
        raise NaiveMoment(f"{moment!r} has no time zone; working time needs an aware datetime") from error
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def moment_of(instant: int) -> datetime:
    """The instant as a datetime in UTC."""
    return EPOCH + instant * MICROSECOND


def merged(pauses: Sequence[Pause]) -> list[tuple[int, int]]:
    """The pauses as instants, sorted, overlaps joined, empty ones left out. Raises StillPaused."""
    spans: list[tuple[int, int]] = []
    for pause in pauses:
        if pause.end is None:
            raise StillPaused(f"the pause since {pause.start.isoformat()} has no end yet, so nothing is due")
        spans.append((instant_of(pause.start), instant_of(pause.end)))
    joined: list[tuple[int, int]] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def running(begin: int, finish: int, pauses: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The stretches from BEGIN to FINISH in which the clock runs; the last one may be empty."""
    spans: list[tuple[int, int]] = []
    for start, end in pauses:
        if end <= begin:
            continue
        if start >= finish:
            break
        if begin < start:
            spans.append((begin, start))
        begin = end
    if begin <= finish:
        spans.append((begin, finish))
    return spans
