"""How clocks read on a page: the words that the live countdown uses too."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiedan.core.deadlines import Status
from jiedan.core.worktime import WorkCalendar
from jiedan.kernel import rules
from jiedan.kernel.models import Deadline
from jiedan.kernel.naming import deadline_title


class Timing(NamedTuple):
    """What a badge needs of a deadline."""

    status: str
    due_at: datetime | None
    warn_at: datetime | None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Badge:
    """How a deadline stands: what is left of it, or what became of it."""

    state: str
    text: str
    live: bool
    due: str
    warn: str


@dataclass(frozen=True, slots=True)
class ClockView(Badge):
    """A deadline with its badge."""

    name: str
    title: str
    clause: str
    due_at: datetime | None
    row: Deadline


def badge(timing: Timing, now: datetime, calendar: WorkCalendar) -> Badge:
    """The badge at NOW; working time is counted by CALENDAR."""
    state, text = _state_and_text(timing, now, calendar)
    return Badge(
        state=state,
        text=text,
        live=timing.status == Status.RUNNING and timing.due_at is not None,
        due=timing.due_at.isoformat() if timing.due_at else "",
        warn=timing.warn_at.isoformat() if timing.warn_at else "",
    )


def clock_view(row: Deadline, now: datetime, calendar: WorkCalendar) -> ClockView:
    """A deadline with its badge at NOW; working time is counted by CALENDAR."""
    shown = badge(Timing(row.status, row.due_at, row.warn_at, row.ended_at), now, calendar)
    return ClockView(
        shown.state, shown.text, shown.live, shown.due, shown.warn,
        name=row.name, title=deadline_title(row.name), clause=row.clause, due_at=row.due_at, row=row,
    )  # fmt: skip


def _state_and_text(row: Timing, now: datetime, calendar: WorkCalendar) -> tuple[str, str]:
    if row.status == Status.PAUSED:
        return "paused", _("Paused: the clock stands still")
    if row.status == Status.VOID:
        return "void", _("Lapsed")
    if row.status == Status.KEPT:
        return "kept", _("Kept in time")
    if row.due_at is None:
        return "running", ""
    if row.status == Status.LATE:
        late = calendar.elapsed_time(row.due_at, row.ended_at or now)
        return "late", _("Done %(t)s late") % {"t": spoken(late)}
    if now >= row.due_at:
        return "overdue", _word("overdue", t=spoken(calendar.elapsed_time(row.due_at, now)))
    near = row.warn_at is not None and now >= row.warn_at
    left = _word("left", t=spoken(calendar.elapsed_time(now, row.due_at)))
    if not calendar.is_open(now):
        opening = calendar.next_opening(now)
        if opening is not None:
            left = f"{left} · " + _word("opens", w=f"{localtime(opening):%m-%d %H:%M}")
    return ("near" if near else "running"), left


def spoken(duration: timedelta) -> str:
    """A stretch of working time in hours and minutes; less than a minute counts as one."""
    minutes = max(1, -(-int(duration.total_seconds()) // 60))
    hours, rest = divmod(minutes, 60)
    key = "minutes" if hours == 0 else "hours" if rest == 0 else "both"
    return _word(key, h=str(hours), m=str(rest))


def words() -> dict[str, str]:
    """The words of the countdown, the same on the server and in the browser."""
    return {name: str(text) for name, text in _WORDS.items()}


_WORDS = {
    "left": gettext_lazy("{t} of working time left"),
    "overdue": gettext_lazy("Overdue by {t}"),
    "opens": gettext_lazy("work begins {w}"),
    "hours": gettext_lazy("{h} h"),
    "minutes": gettext_lazy("{m} min"),
    "both": gettext_lazy("{h} h {m} min"),
}


def _word(name: str, **values: str) -> str:
    return str(_WORDS[name]).format(**values)


def clock_context(now: datetime, calendar: WorkCalendar | None = None) -> dict[str, Any]:
    """What a page with live clocks carries: the working windows around NOW, the words, the server's time.

    CALENDAR is the one in force, if it was asked for already.
    """
    calendar = calendar or rules.in_force(now).calendar
    return {
        "work_windows": _windows(calendar, localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)),
        "clock_words": words() | {"zone": settings.TIME_ZONE},
        "served_at": now.isoformat(),
    }


@lru_cache(maxsize=8)
def _windows(calendar: WorkCalendar, day: datetime) -> list[list[str]]:
    """The working windows around a day: the same for every page of that day."""
    slices = calendar.explain(day - timedelta(days=14), day + timedelta(days=22))
    return [[part.start.isoformat(), part.end.isoformat()] for part in slices if part.kind == "working"]
