"""Verifying the ledger: recomputes every hash and both chains and names the first record that doesn't fit (6.2.1).

Two passes, each streaming: the chain of all seals in order, then each subject's own chain with the subject's head.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jiedan.kernel.kinds import all_kinds
from jiedan.kernel.ledger import hash_of
from jiedan.kernel.models import Record, SealedRecord
from jiedan.kernel.sealing import GENESIS, chained

_COLUMNS = ("subject_type", "subject_id", "seq", "action", "clause", "actor_id", "department_id", "stage")
_IN_BODY = ("subject", "id", "seq", "action", "clause", "actor", "department", "stage")


@dataclass(frozen=True, slots=True)
class Report:
    """What verification found: all well, or the first record that doesn't fit and why."""

    checked: int
    sealed: int
    problem: str | None = None
    record_id: int | None = None
    subject: str | None = None

    @property
    def ok(self) -> bool:
        """Whether every record is as it was written and none is missing."""
        return self.problem is None


class _Broken(Exception):
    def __init__(self, problem: str, record: Record | None = None, where: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.record = record
        self.where = where if record is None else f"{record.subject_type} {record.subject_id} #{record.seq}"


def verify_database() -> Report:
    """Verify the whole ledger in the database. Reads only."""
    sealed = checked = 0
    try:
        for sealed in _check_seals():  # noqa: B007 - the last number is how many were sealed
            pass
        for checked in _check_subjects():  # noqa: B007 - the last number is how many were checked
            pass
    except _Broken as broken:
        record = broken.record
        return Report(checked, sealed, broken.problem, record.pk if record else None, broken.where)
    return Report(checked, sealed)


def _check_seals() -> Iterator[int]:
    number, chain = 0, GENESIS
    for seal in SealedRecord.objects.order_by("number").select_related("record").iterator(chunk_size=5000):
        record = seal.record
        _check_record(record)
        if seal.number != number + 1:
            raise _Broken(f"seal {number + 1} is missing", record)
        chain = chained(chain, record.hash)
        if seal.chain != chain:
            raise _Broken(f"seal {seal.number} doesn't follow from the one before it", record)
        number = seal.number
        yield number


def _check_subjects() -> Iterator[int]:
    checked = 0
    stranger = Record.objects.exclude(subject_type__in=all_kinds()).order_by("pk").first()
    if stranger is not None:
        raise _Broken("the record is about a kind of subject that doesn't exist", stranger)
    for kind, model in all_kinds().items():
        heads = model._default_manager.order_by("pk").values_list("pk", "seq", "head").iterator(chunk_size=5000)
        records = Record.objects.filter(subject_type=kind).order_by("subject_id", "seq").iterator(chunk_size=5000)
        reader = _Reader(records)
        for pk, seq, head in heads:
            for _record in reader.chain_of(kind, pk, seq, head):
                checked += 1
                yield checked
        reader.nothing_left()
    yield checked


class _Reader:
    """Walks the records of one kind beside the subjects, both in the order of their keys."""

    def __init__(self, records: Iterator[Record]) -> None:
        self._records = records
        self._next = next(records, None)

    def chain_of(self, kind: str, pk: int, seq: int, head: str) -> Iterator[Record]:
        at, previous, record = 0, "", None
        while self._next is not None and self._next.subject_id <= pk:
            record = self._next
            if record.subject_id < pk:
                raise _Broken("the subject of this record is gone", record)
            body = _check_record(record)
            at += 1
            if record.seq != at:
                raise _Broken(f"record {at} of this subject is missing", record)
            if at > seq:
                raise _Broken("the record stands behind the last one that its subject knows", record)
            if body["previous"] != previous:
                raise _Broken("the record doesn't follow the one before it", record)
            previous = record.hash
            yield record
            self._next = next(self._records, None)
        if at < seq:
            raise _Broken(f"the newest records are missing: {at} of {seq} are there", where=f"{kind} {pk} #{at + 1}")
        if previous != head:
            raise _Broken("the subject knows another last record than this one", record, f"{kind} {pk}")

    def nothing_left(self) -> None:
        if self._next is not None:
            raise _Broken("the subject of this record is gone", self._next)


def _check_record(record: Record) -> dict[str, Any]:
    if hash_of(record.body) != record.hash:
        raise _Broken("the text doesn't match its hash", record)
    body: dict[str, Any] = json.loads(record.body)
    for column, key in zip(_COLUMNS, _IN_BODY, strict=True):
        if getattr(record, column) != body[key]:
            raise _Broken(f"the column {column} doesn't match the text", record)
    for column in ("at", "entered_at"):
        if getattr(record, column) != datetime.fromisoformat(body[column]):
            raise _Broken(f"the column {column} doesn't match the text", record)
    return body
