"""Writing records: canonical JSON, chained per subject, in the transaction of the change (clauses 6.1.1, 6.2.1).

The head of a subject's chain stands on the subject's own row, which the dispatcher has locked, so no two records of
a subject can follow the same one and no global row is hot. The order over all subjects is made later by the sealer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from jiedan.core import courtesy
from jiedan.core.canonical import canonical as canonical_text
from jiedan.core.canonical import sha256
from jiedan.core.deadlines import Effects
from jiedan.core.roles import Role
from jiedan.kernel import bulk
from jiedan.kernel.models import Record
from jiedan.people.actor import Actor, Grant
from jiedan.people.subject import Subject

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Draft:
    """What a record will say; its number and chain are added when it is written."""

    subject: Subject
    action: str
    clause: str
    actor: Actor
    grant: Grant
    stage_before: str
    at: datetime
    entered_at: datetime
    channel: str
    versions: tuple[int, int]
    effects: Effects
    facts: dict[str, Any] = field(default_factory=dict)


def write(drafts: Sequence[Draft]) -> list[Record]:
    """Append the drafts as records and move each subject's head (in memory: the caller saves the subjects).

    At most one draft for a subject. One statement, or two for many.
    """
    if len(drafts) <= bulk.FEW:
        return Record.objects.bulk_create([Record(**_values(draft)) for draft in drafts])
    # The transaction is said to be nothing, so that the database fills it in.
    rows = [bulk.made(Record, tx=None, **_values(draft)) for draft in courtesy.each(drafts)]
    for row, key in zip(rows, bulk.reserve(Record, len(rows)), strict=True):
        row.pk = key
    bulk.insert(rows)
    return rows


def _values(draft: Draft) -> bulk.Values:
    subject = draft.subject
    body = canonical(_body(draft))
    digest = hash_of(body)
    subject.seq += 1
    subject.head = digest
    return {
        "subject_type": subject.KIND,
        "subject_id": subject.pk,
        "seq": subject.seq,
        "action": draft.action,
        "clause": draft.clause,
        "actor_id": draft.actor.staff_id,
        "department_id": subject.scope_department_id,
        "stage": subject.stage,
        "at": draft.at,
        "entered_at": draft.entered_at,
        "body": body,
        "hash": digest,
    }


def _body(draft: Draft) -> dict[str, Any]:
    subject, grant = draft.subject, draft.grant
    procedure, calendar = draft.versions
    body: dict[str, Any] = {
        "format": FORMAT,
        "subject": subject.KIND,
        "id": subject.pk,
        "seq": subject.seq + 1,
        "previous": subject.head,
        "action": draft.action,
        "clause": draft.clause,
        "actor": draft.actor.staff_id,
        "actor_number": draft.actor.number,
        "actor_name": draft.actor.name,
        "role": Role(grant.role).value,
        "department": subject.scope_department_id,
        "stage": subject.stage,
        "stage_before": draft.stage_before,
        "at": stamp(draft.at),
        "entered_at": stamp(draft.entered_at),
        "channel": draft.channel,
        "procedure": procedure,
        "calendar": calendar,
        "facts": draft.facts,
        "effects": draft.effects.to_json(),
    }
    if grant.on_behalf_of is not None:
        body["on_behalf_of"] = grant.on_behalf_of
        body["on_behalf_of_name"] = grant.on_behalf_of_name
    return body


def canonical(body: dict[str, Any]) -> str:
    """BODY as canonical JSON text (RFC 8785), so that equal facts always give equal bytes."""
    return canonical_text(body)


def hash_of(body: str) -> str:
    """The hash that stands for a record: SHA-256 over its canonical text, hex."""
    return sha256(body)


@lru_cache(maxsize=256)
def stamp(moment: datetime) -> str:
    """A moment as it stands in records: UTC with microseconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def effects_of(body: dict[str, Any]) -> Effects:
    """What a record did to the clocks of its subject, read from its body alone."""
    return Effects.from_json(
        body["effects"],
        seq=body["seq"],
        at=datetime.fromisoformat(body["entered_at"]),
        department=body["department"],
        versions=(body["procedure"], body["calendar"]),
    )


def history(kind: str, pk: int) -> Iterable[Record]:
    """The records of one subject, oldest first."""
    return Record.objects.filter(subject_type=kind, subject_id=pk).order_by("seq")
