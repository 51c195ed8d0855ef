"""The sweep: warnings and overdue marks, taken as steps of the system in batches (clause 2.1.2).

What is about to fall due is found through partial indexes, so the cost doesn't depend on how many clocks run. The
subjects are locked first, like everywhere, and every clock is looked at again under the lock.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q
from django.utils.timezone import localtime

from jiedan.core.deadlines import Effects
from jiedan.kernel import clocks, ledger, reactions
from jiedan.kernel.kinds import MODELS
from jiedan.kernel.ledger import Draft
from jiedan.kernel.models import Deadline
from jiedan.people.actor import SYSTEM
from jiedan.people.subject import Subject

WARN, OVERDUE = "kernel.warn", "kernel.mark_overdue"


def sweep(now: datetime, limit: int = 500) -> int:
    """Mark what is overdue and warn of what will be, at most LIMIT of each; returns how many marks were made."""
    overdue = Deadline.objects.filter(status="running", overdue_at=None, due_at__lte=now).order_by("due_at")
    near = Deadline.objects.filter(status="running", overdue_at=None, warned_at=None, warn_at__lte=now)
    near = near.filter(due_at__gt=now).order_by("warn_at")
    found = [
        (OVERDUE, list(overdue.values_list("subject_type", "subject_id")[:limit])),
        (WARN, list(near.values_list("subject_type", "subject_id")[:limit])),
    ]
    marked = 0
    for step, rows in found:
        for kind in sorted({kind for kind, _pk in rows}):
            marked += _mark(step, kind, sorted({pk for other, pk in rows if other == kind}), now)
    return marked


def _mark(step: str, kind: str, keys: Sequence[int], now: datetime) -> int:
    with transaction.atomic():
        subjects = {subject.pk: subject for subject in _locked(kind, keys)}
        rows = clocks.load(kind, list(subjects))
        drafts = []
        for pk, subject in subjects.items():
            due = [row for row in rows[pk] if _is_due(row, step, now)]
            if due:
                drafts.append(_draft(step, subject, due, now))
        records = ledger.write(drafts)
        clocks.project([(draft.subject, draft.effects) for draft in drafts], rows)
        _save_heads(kind, [draft.subject for draft in drafts])
        reactions.put_in_outbox(records)
    return len(records)


def _locked(kind: str, keys: Sequence[int]) -> list[Subject]:
    rows = MODELS[kind]._default_manager.filter(pk__in=keys).order_by("pk")
    # A subject somebody is working on right now is left for the next sweep, a fraction of a second later.
    skip = connection.features.has_select_for_update_skip_locked
    return list(rows.select_for_update(skip_locked=skip))


def _is_due(row: Deadline, step: str, now: datetime) -> bool:
    if row.status != "running" or row.overdue_at is not None or row.due_at is None:
        return False
    if step == OVERDUE:
        return row.due_at <= now
    return row.warned_at is None and row.warn_at is not None and row.warn_at <= now < row.due_at


def _draft(step: str, subject: Subject, due: list[Deadline], now: datetime) -> Draft:
    first = due[0]
    names = frozenset(row.name for row in due)
    warned, overdue = (names, frozenset[str]()) if step == WARN else (frozenset[str](), names)
    return Draft(
        subject=subject,
        action=step,
        clause=first.clause,
        actor=SYSTEM,
        grant=SYSTEM.grants[0],
        stage_before=subject.stage,
        at=now,
        entered_at=now,
        channel="timer",
        versions=(first.procedure, first.calendar),
        effects=Effects(subject.seq + 1, now, subject.scope_department_id, warned=warned, overdue=overdue),
        facts={
            "ref": subject.ref,
            "summary": str(getattr(subject, "summary", "")),
            "deadline": first.name,
            "due": _shown(first.due_at),
            "rounds": [[row.name, row.round] for row in due],
        },
    )


def _shown(moment: datetime | None) -> str:
    return "" if moment is None else f"{localtime(moment):%Y-%m-%d %H:%M}"


def _save_heads(kind: str, subjects: list[Subject]) -> None:
    # Prepared once and sent for all: several times faster here than one statement with a case for each row.
    table = connection.ops.quote_name(MODELS[kind]._meta.db_table)
    due = connection.ops.adapt_datetimefield_value
    values = [(subject.seq, subject.head, subject.due_at and due(subject.due_at), subject.pk) for subject in subjects]
    with connection.cursor() as sql:
        sql.executemany(f"UPDATE {table} SET seq = %s, head = %s, due_at = %s WHERE id = %s", values)  # noqa: S608


def outstanding(now: datetime) -> int:
    """How many marks are due and not made yet: what readiness and metrics look at."""
    due = Q(due_at__lte=now) | Q(warn_at__lte=now, warned_at=None)
    return Deadline.objects.filter(due, status="running", overdue_at=None).count()
