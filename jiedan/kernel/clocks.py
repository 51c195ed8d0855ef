"""Deadlines written down: the table as a projection of the records (core/deadlines.py has the rules).

`project` takes the table one record further; `rebuild` throws a subject's rows away and computes them again from its
records. Both give the same rows; a property test holds them together.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from jiedan.core.deadlines import Clock, Effects, Status, Terms, apply, fold
from jiedan.core.worktime import Pause
from jiedan.kernel import bulk, rules
from jiedan.kernel.ledger import effects_of, history
from jiedan.kernel.models import Deadline
from jiedan.people.subject import Subject

_CHANGING = (
    "terms",
    "procedure",
    "calendar",
    "pauses",
    "due_at",
    "warn_at",
    "status",
    "ended_at",
    "ended_by",
    "warned_at",
    "overdue_at",
)


def load(kind: str, keys: Sequence[int]) -> dict[int, list[Deadline]]:
    """The rows of these subjects, oldest round first. One query."""
    rows: dict[int, list[Deadline]] = defaultdict(list)
    for row in Deadline.objects.filter(subject_type=kind, subject_id__in=keys).order_by("pk"):
        rows[row.subject_id].append(row)
    return rows


def project(steps: Sequence[tuple[Subject, Effects]], rows: Mapping[int, list[Deadline]]) -> None:
    """Take the rows of each subject one record further and set its `due_at` (in memory; the caller saves it)."""
    changed: dict[str, tuple[dict[str, Any], list[int]]] = {}
    fresh: list[bulk.Values] = []
    # What is brought in together starts the same clocks at the same moment: that is worked out once.
    begun: dict[Effects, list[bulk.Values]] = {}
    for subject, effects in steps:
        before = rows.get(subject.pk, [])
        if before:
            shown = [_shown(clock) for clock in apply(tuple(map(clock_of, before)), effects)]
        elif effects in begun:
            shown = begun[effects]
        else:
            shown = begun[effects] = [_shown(clock) for clock in apply((), effects)]
        after = [_of(subject) | clock for clock in shown]
        for old, new in zip(before, after, strict=False):
            difference = {name: new[name] for name in _CHANGING if getattr(old, name) != new[name]}
            if difference:
                changed.setdefault(repr(difference), (difference, []))[1].append(old.pk)
        fresh += after[len(before) :]
        subject.due_at = _earliest(after)
    _save(changed, fresh)


def _save(changed: Mapping[str, tuple[dict[str, Any], list[int]]], fresh: list[bulk.Values]) -> None:
    # Clocks that change alike (a sweep marks hundreds at one moment) are one statement.
    for difference, keys in changed.values():
        Deadline.objects.filter(pk__in=keys).update(**difference)
    bulk.insert_values(Deadline, fresh)


def computed(subject: Subject) -> list[Deadline]:
    """The rows as the records alone say they must be (unsaved)."""
    effects = (effects_of(json.loads(record.body)) for record in history(subject.KIND, subject.pk))
    return [_row(subject, clock) for clock in fold(effects)]


def rebuild(subject: Subject) -> list[Deadline]:
    """Throw the subject's rows away and write them anew from its records; sets `due_at` in memory."""
    Deadline.objects.filter(subject_type=subject.KIND, subject_id=subject.pk).delete()
    rows = Deadline.objects.bulk_create(computed(subject))
    subject.due_at = _earliest([vars(row) for row in rows])
    return rows


def shown_due_times(subject: Subject) -> dict[str, str]:
    """The due time of each open clock, as a fact for a record."""
    rows = Deadline.objects.filter(
        subject_type=subject.KIND, subject_id=subject.pk, ended_at=None, due_at__isnull=False
    )
    return {row.name: row.due_at.isoformat() for row in rows if row.due_at}


def clock_of(row: Deadline) -> Clock:
    """The pure clock behind a row."""
    terms = Terms.from_json(row.terms, row.procedure, row.calendar)
    return Clock(
        terms=terms,
        round=row.round,
        department=row.department_id,
        started_at=row.started_at,
        started_by=row.started_by,
        pauses=tuple(Pause(_moment(start), None if end is None else _moment(end)) for start, end in row.pauses),
        ended_at=row.ended_at,
        ended_by=row.ended_by,
        void=row.status == Status.VOID,
        warned_at=row.warned_at,
        overdue_at=row.overdue_at,
    )


def _row(subject: Subject, clock: Clock) -> Deadline:
    return Deadline(**_values(subject, clock))


def _values(subject: Subject, clock: Clock) -> bulk.Values:
    return _of(subject) | _shown(clock)


def _of(subject: Subject) -> bulk.Values:
    return {"subject_type": subject.KIND, "subject_id": subject.pk}


def _shown(clock: Clock) -> bulk.Values:
    calendar = rules.calendar_version(clock.terms.calendar)
    due = clock.due_at(calendar)
    return {
        "name": clock.terms.name,
        "round": clock.round,
        "clause": clock.terms.clause,
        "department_id": clock.department,
        "terms": clock.terms.to_json(),
        "procedure": clock.terms.procedure,
        "calendar": clock.terms.calendar,
        "pauses": [[pause.start.isoformat(), pause.end and pause.end.isoformat()] for pause in clock.pauses],
        "started_at": clock.started_at,
        "started_by": clock.started_by,
        "due_at": due,
        "warn_at": clock.warn_at(calendar, due),
        "status": clock.status(due).value,
        "ended_at": clock.ended_at,
        "ended_by": clock.ended_by,
        "warned_at": clock.warned_at,
        "overdue_at": clock.overdue_at,
    }


def _earliest(rows: Iterable[bulk.Values]) -> datetime | None:
    return min((row["due_at"] for row in rows if row["status"] == Status.RUNNING and row["due_at"]), default=None)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def facts(row: Deadline) -> dict[str, Any]:
    """What a program is told of a deadline."""
    names = (
        "name",
        "round",
        "clause",
        "status",
        "started_at",
        "due_at",
        "warn_at",
        "ended_at",
        "warned_at",
        "overdue_at",
    )
    return {name: getattr(row, name) for name in names}
