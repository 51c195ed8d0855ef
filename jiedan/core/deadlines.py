"""Deadlines as a pure function of what was recorded, the working calendar and the company's values.

A record of the ledger carries *effects*: which clocks it started (with their terms: amount, warning), stopped,
voided, paused, resumed. `fold` turns the effects of one subject, in order, into the state of each of its clocks;
`apply` takes one record further. The table of deadlines is only this, written down, so it can be thrown away.

A clock is one duty of one department. When the duty comes back (returned, transferred), a new clock starts as the
next *round*: the time the first department used is never charged to the second.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import reduce
from typing import Any

from jiedan.core.worktime import Pause, WorkCalendar, WorkDays, WorkHours

ALL = "*"
"""In stops, voids, pauses and resumes: every clock of the subject that is open."""

_NAMES = ("stops", "voids", "pauses", "resumes", "warned", "overdue")


class Status(StrEnum):
    """How a clock stands: open (running, paused) or ended (kept in time, kept late, void)."""

    RUNNING = "running"
    PAUSED = "paused"
    KEPT = "kept"
    LATE = "late"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a clock was started with; it keeps these whatever is changed later.

    SINCE is the moment from which the limit counts where that is not when the duty began: a day that was agreed on.
    """

    name: str
    clause: str
    amount: WorkHours | WorkDays
    warning: WorkHours | None
    procedure: int
    calendar: int
    since: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """The terms as they stand in a record's effects (the versions stand on the record itself)."""
        data: dict[str, Any] = {"name": self.name, "clause": self.clause}
        if isinstance(self.amount, WorkHours):
            data["minutes"] = self.amount.minutes
        else:
            data["workdays"] = self.amount.days
        data["warning"] = None if self.warning is None else self.warning.minutes
        if self.since is not None:
            data["since"] = self.since.isoformat()
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any], procedure: int, calendar: int) -> "Terms":
        """Read the terms back."""
        amount = WorkHours(data["minutes"]) if "minutes" in data else WorkDays(data["workdays"])
        warning = None if data["warning"] is None else WorkHours(data["warning"])
        since = datetime.fromisoformat(data["since"]) if "since" in data else None
        return cls(data["name"], data["clause"], amount, warning, procedure, calendar, since)


@dataclass(frozen=True, slots=True)
class Effects:
    """What one record did to the clocks of its subject, at one moment."""

    seq: int
    at: datetime
    department: int | None
    starts: tuple[Terms, ...] = ()
    stops: frozenset[str] = frozenset()
    voids: frozenset[str] = frozenset()
    pauses: frozenset[str] = frozenset()
    resumes: frozenset[str] = frozenset()
    warned: frozenset[str] = frozenset()
    overdue: frozenset[str] = frozenset()
    rebase: tuple[int, int] | None = None

    def to_json(self) -> dict[str, Any]:
        """Only what happened; an empty object when no clock was touched."""
        data: dict[str, Any] = {name: sorted(getattr(self, name)) for name in _NAMES if getattr(self, name)}
        if self.starts:
            data["starts"] = [terms.to_json() for terms in self.starts]
        if self.rebase:
            data["rebase"] = list(self.rebase)
        return data

    @classmethod
    def from_json(
        cls,
        data: Mapping[str, Any],
        *,
        seq: int,
        at: datetime,
        department: int | None,
        versions: tuple[int, int],
    ) -> "Effects":
        """Read the effects of a record; VERSIONS are those of procedure and calendar that the record names."""
        return cls(
            seq=seq,
            at=at,
            department=department,
            starts=tuple(Terms.from_json(terms, *versions) for terms in data.get("starts", ())),
            rebase=tuple(data["rebase"]) if "rebase" in data else None,
            **{name: frozenset(data.get(name, ())) for name in _NAMES},
        )


@dataclass(frozen=True, slots=True)
class Clock:
    """One duty with a time limit: since when, on which terms, paused when, ended how."""

    terms: Terms
    round: int
    department: int | None
    started_at: datetime
    started_by: int
    pauses: tuple[Pause, ...] = ()
    ended_at: datetime | None = None
    ended_by: int | None = None
    void: bool = False
    warned_at: datetime | None = None
    overdue_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether the duty still stands."""
        return self.ended_at is None

    @property
    def paused(self) -> bool:
        """Whether the clock stands still right now."""
        return self.open and bool(self.pauses) and self.pauses[-1].end is None

    @property
    def past_pauses(self) -> tuple[Pause, ...]:
        """The pauses that are over."""
        return tuple(pause for pause in self.pauses if pause.end is not None)

    @property
    def counts_from(self) -> datetime:
        """The moment from which the limit counts."""
        return self.terms.since or self.started_at

    def due_at(self, calendar: WorkCalendar) -> datetime | None:
        """The moment the duty has to be done by; None while the clock is paused."""
        if self.paused:
            return None
        if isinstance(self.terms.amount, WorkHours):
            return calendar.add_hours(self.counts_from, self.terms.amount, self.past_pauses)
        return calendar.add_days(self.counts_from, self.terms.amount, self.past_pauses)

    def warn_at(self, calendar: WorkCalendar, due: datetime | None) -> datetime | None:
        """When to warn: the warning's working time before DUE, backwards through the same calendar."""
        if due is None or self.terms.warning is None:
            return None
        return calendar.subtract_hours(due, self.terms.warning, self.started_at, self.past_pauses)

    def status(self, due: datetime | None) -> Status:
        """Where the clock stands, given its due time."""
        if self.void:
            return Status.VOID
        if self.paused:
            return Status.PAUSED
        if self.ended_at is None:
            return Status.RUNNING
        return Status.KEPT if due is None or self.ended_at <= due else Status.LATE


def fold(history: Iterable[Effects]) -> tuple[Clock, ...]:
    """The state of every clock of one subject, from its whole history in the order of the records."""
    return reduce(apply, history, ())


def apply(clocks: tuple[Clock, ...], effects: Effects) -> tuple[Clock, ...]:
    """One record further. A name that matches no open clock does nothing, so a late repeat is harmless."""
    steps: tuple[tuple[frozenset[str], Callable[[Clock], Clock]], ...] = (
        (effects.warned, lambda clock: replace(clock, warned_at=clock.warned_at or effects.at)),
        (effects.overdue, lambda clock: replace(clock, overdue_at=clock.overdue_at or effects.at)),
        (effects.resumes, lambda clock: _resume(clock, effects.at)),
        (effects.stops, lambda clock: _end(clock, effects, void=False)),
        (effects.voids, lambda clock: _end(clock, effects, void=True)),
        (effects.pauses, lambda clock: _pause(clock, effects.at)),
    )
    for names, change in steps:
        if names:
            clocks = tuple(change(clock) if clock.open and _named(clock, names) else clock for clock in clocks)
    if effects.rebase:
        versions = effects.rebase
        clocks = tuple(_rebase(clock, versions) if clock.open else clock for clock in clocks)
    return _start(clocks, effects)


def _named(clock: Clock, names: frozenset[str]) -> bool:
    return ALL in names or clock.terms.name in names


def _start(clocks: tuple[Clock, ...], effects: Effects) -> tuple[Clock, ...]:
    for terms in effects.starts:
        # A duty that starts again while still open is re-armed: the old round ends without a verdict.
        clocks = tuple(
            _end(clock, effects, void=True) if clock.open and clock.terms.name == terms.name else clock
            for clock in clocks
        )
        rounds = sum(1 for clock in clocks if clock.terms.name == terms.name)
        clocks = (*clocks, Clock(terms, rounds + 1, effects.department, effects.at, effects.seq))
    return clocks


def _pause(clock: Clock, at: datetime) -> Clock:
    return clock if clock.paused else replace(clock, pauses=(*clock.pauses, Pause(at, None)))


def _resume(clock: Clock, at: datetime) -> Clock:
    if not clock.paused:
        return clock
    began = clock.pauses[-1].start
    return replace(clock, pauses=(*clock.pauses[:-1], Pause(began, max(began, at))))


def _end(clock: Clock, effects: Effects, *, void: bool) -> Clock:
    clock = _resume(clock, effects.at)
    return replace(clock, ended_at=effects.at, ended_by=effects.seq, void=void)


def _rebase(clock: Clock, versions: tuple[int, int]) -> Clock:
    # The limit itself was fixed when the duty began; only the calendar it is counted by becomes another.
    terms = replace(clock.terms, calendar=versions[1])
    # Judged anew: what the old terms made late may be in time by the new ones, and has to be watched again.
    return replace(clock, terms=terms, warned_at=None, overdue_at=None)
