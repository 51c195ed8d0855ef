"""The ledger: append-only in the database, chained, sealed in one order, and every tampering named (6.2.1, R11)."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from jiedan.core.deadlines import Effects, Terms
from jiedan.kernel import ledger, sealing, triggers
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import Record, SealCursor, SealedRecord
from jiedan.kernel.sealing import GENESIS, chained
from jiedan.kernel.verify import verify_database
from jiedan.orders.models import Order
from tests.cast import FRIDAY, Cast, acting, received
from tests.sealing import seal

POSTGRES = connection.vendor == "postgresql"
only_postgres = pytest.mark.skipif(not POSTGRES, reason="SQLite has one writer at a time: nothing can be in flight")
committed = pytest.mark.django_db(transaction=True)
EVALUATE = {"name": "evaluate_order", "clause": "2.2.1", "minutes": 240, "warning": 60}
"""The clock that acceptance starts, as its record says it."""


@dataclass
class Story:
    """Two orders: the first received, read and accepted, the second received."""

    first: Order
    second: Order
    records: list[Record]

    @property
    def third(self) -> Record:
        return self.records[2]


@pytest.fixture
def story(cast: Cast) -> Story:
    order = received("K1")
    dispatch("acquisition.read_order", acting(cast.taker), {}, subject=order)
    dispatch("acquisition.accept_order", acting(cast.taker), {}, subject=order)
    other = received("K2")
    return Story(Order.objects.get(pk=order.pk), other, list(Record.objects.order_by("pk")))


def _run(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


@contextmanager
def _unguarded() -> Iterator[None]:
    """As somebody with full rights on the database and no triggers in the way; undone afterwards."""
    with transaction.atomic():
        connection.check_constraints()
        triggers.remove(connection)
        yield
        transaction.set_rollback(True)


# Append-only -----------------------------------------------------------------------------------------------------

VALUES = {
    "kernel_record": "action = 'x'",
    "kernel_sealedrecord": "chain = 'x'",
    "kernel_procedureversion": "reason = 'x'",
    "kernel_calendarversion": "reason = 'x'",
}
STATEMENTS = [f"UPDATE {table} SET {change}" for table, change in VALUES.items()]
STATEMENTS += [f"DELETE FROM {table}" for table in VALUES]
STATEMENTS += [f"TRUNCATE {table} CASCADE" for table in VALUES] if POSTGRES else []
STATEMENTS += [] if POSTGRES else [f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}" for table in VALUES]


@committed
@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_database_itself_refuses_to_change_or_drop_what_was_written(story: Story, statement: str) -> None:
    seal()
    before = list(Record.objects.values()), list(SealedRecord.objects.values())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        _run(statement)
    assert (list(Record.objects.values()), list(SealedRecord.objects.values())) == before
    assert SealedRecord.objects.count() == 4


def test_every_append_only_table_has_its_triggers_and_a_missing_one_is_noticed(db: None) -> None:
    assert set(VALUES) == set(triggers.TABLES)
    assert triggers.missing(connection) == []
    _run("DROP TRIGGER kernel_record_no_update" + (" ON kernel_record" if POSTGRES else ""))
    assert triggers.missing(connection) == ["kernel_record"]
    triggers.install(connection)
    assert triggers.missing(connection) == []


# The record ------------------------------------------------------------------------------------------------------


def test_a_record_says_who_did_what_when_in_which_role_under_which_clause(story: Story) -> None:
    body = json.loads(story.third.body)
    expected = {
        "format": 1, "subject": "order", "id": story.first.pk, "seq": 3, "previous": story.records[1].hash,
        "action": "acquisition.accept_order", "clause": "2.1.2", "actor_number": "1001", "actor_name": "张晓月",
        "role": "order_taker", "stage_before": "routed", "stage": "accepted", "channel": "page",
        "at": "2026-09-18T09:30:00.000000Z", "entered_at": "2026-09-18T09:30:00.000000Z",
        "procedure": 1, "calendar": 1, "effects": {"stops": ["accept_order"], "starts": [EVALUATE]},
    }  # fmt: skip
    assert {name: body[name] for name in expected} == expected
    assert set(body) - set(expected) == {"actor", "department", "facts"}


def test_equal_facts_give_equal_bytes_whatever_the_order_they_came_in() -> None:
    one = ledger.canonical({"b": "灯", "a": [1, {"z": None, "y": "1.00"}]})
    other = ledger.canonical({"a": [1, {"y": "1.00", "z": None}], "b": "灯"})
    assert one == other == '{"a":[1,{"y":"1.00","z":null}],"b":"灯"}'
    assert ledger.hash_of(one) == "b7b82d081be6c5118ec89fe27550ac1ce84f73ccbf89489b1fc6e9812a2226dd"


def test_each_record_follows_the_one_before_and_the_subject_knows_the_last(story: Story) -> None:
    mine = [record for record in story.records if record.subject_id == story.first.pk]
    previous = [json.loads(record.body)["previous"] for record in mine]
    assert previous == ["", *(record.hash for record in mine[:-1])]
    assert (story.first.seq, story.first.head) == (3, mine[-1].hash)
    assert [ledger.hash_of(record.body) for record in mine] == [record.hash for record in mine]


def test_what_a_record_did_to_the_clocks_is_read_back_from_its_text_alone(story: Story) -> None:
    body = json.loads(story.third.body)
    starts = (Terms.from_json(EVALUATE, 1, 1),)
    expected = Effects(3, FRIDAY, story.first.department_id, stops=frozenset({"accept_order"}), starts=starts)
    assert ledger.effects_of(body) == expected


# Sealing ---------------------------------------------------------------------------------------------------------


@committed
def test_seals_number_the_records_without_gap_and_chain_them_from_the_beginning(story: Story) -> None:
    assert [seal(limit=3), seal(limit=3), seal(limit=3)] == [3, 1, 0]
    seals = list(SealedRecord.objects.order_by("number").select_related("record"))
    assert [row.number for row in seals] == [1, 2, 3, 4]
    assert [row.record_id for row in seals] == [record.pk for record in story.records]
    chain = GENESIS
    for row in seals:
        chain = chained(chain, row.record.hash)
        assert row.chain == chain
    received("K3")
    assert seal() == 1
    assert SealedRecord.objects.latest("number").chain == chained(chain, Record.objects.latest("pk").hash)
    assert sealing.unsealed_since_cursor() == 0
    report = verify_database()
    assert (report.ok, report.sealed, report.checked) == (True, 5, 5)


class _Writer(threading.Thread):
    """Receives an order in a transaction of its own and commits when told to."""

    def __init__(self, external_id: str) -> None:
        super().__init__()
        self.wrote, self.commit = threading.Event(), threading.Event()
        self._external_id = external_id

    def run(self) -> None:
        with transaction.atomic():
            received(self._external_id)
            self.wrote.set()
            self.commit.wait(10)
        connection.close()

    def __enter__(self) -> "_Writer":
        self.start()
        assert self.wrote.wait(10)
        return self

    def __exit__(self, *_unused: object) -> None:
        self.commit.set()
        self.join(10)


@committed
@only_postgres
def test_a_record_still_being_written_holds_the_seal_back_and_is_not_passed_over(story: Story) -> None:
    assert seal() == 4
    with _Writer("K3"):
        late = received("K4")
        assert Record.objects.filter(subject_id=late.pk).exists()
        assert seal() == 0
    assert seal() == 2
    assert verify_database().ok
    assert not Record.objects.filter(seal=None).exists()


@committed
@only_postgres
def test_while_one_worker_seals_another_leaves_it_alone(story: Story) -> None:
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            _run("SELECT pg_advisory_xact_lock(%s)", sealing._LOCK)
            held.set()
            release.wait(10)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(10)
    assert seal() == 0
    release.set()
    holder.join(10)
    assert seal() == 4


@committed
@only_postgres
def test_after_a_restore_into_a_new_cluster_everything_is_sealed_and_the_sealer_reads_on(story: Story) -> None:
    seal(limit=2)
    SealCursor.objects.update(tx=10**15, record=10**6)
    assert seal() == 0
    assert list(SealedRecord.objects.order_by("number").values_list("record_id", flat=True)) == [
        record.pk for record in story.records
    ]
    received("K3")
    assert seal() == 1
    assert (verify_database().ok, verify_database().sealed) == (True, 5)


@committed
@only_postgres
def test_a_record_being_written_during_the_adoption_is_sealed_too(story: Story) -> None:
    SealCursor.objects.update(tx=10**15, record=10**6)

    def adopt() -> None:
        seal()
        connection.close()

    with _Writer("K3"):
        received("K4")
        adopting = threading.Thread(target=adopt)
        adopting.start()
        adopting.join(0.5)
    adopting.join(10)
    seal()
    assert not Record.objects.filter(seal=None).exists()
    assert verify_database().ok


# Tampering -------------------------------------------------------------------------------------------------------


def test_an_untouched_ledger_is_in_order_sealed_or_not(story: Story) -> None:
    report = verify_database()
    assert (report.ok, report.checked, report.sealed, report.problem) == (True, 4, 0, None)


def _forge(record: Record, **changes: Any) -> tuple[str, str]:
    body = ledger.canonical({**json.loads(record.body), **changes})
    return body, ledger.hash_of(body)


def _drop(record: Record) -> None:
    _run("DELETE FROM kernel_sealedrecord WHERE record_id = %s", record.pk)
    _run("DELETE FROM kernel_record WHERE id = %s", record.pk)


def _insert(record: Record, **changes: Any) -> None:
    body, digest = _forge(record, seq=record.seq + 1, previous=record.hash)
    row = {name: getattr(record, name) for name in _COLUMNS} | {"seq": record.seq + 1, "body": body, "hash": digest}
    Record.objects.create(**(row | changes))


_COLUMNS = (
    "subject_type", "subject_id", "seq", "action", "clause", "actor_id", "department_id", "stage", "at", "entered_at",
)  # fmt: skip


def _change_text(story: Story) -> None:
    _run("UPDATE kernel_record SET body = replace(body, '张晓月', '张晓日') WHERE id = %s", story.third.pk)


def _change_hash(story: Story) -> None:
    _run("UPDATE kernel_record SET hash = %s WHERE id = %s", "0" * 64, story.third.pk)


def _forge_text_and_hash(story: Story) -> None:
    body, digest = _forge(story.third, actor_name="李建国")
    _run("UPDATE kernel_record SET body = %s, hash = %s WHERE id = %s", body, digest, story.third.pk)
    _run("UPDATE orders_order SET head = %s WHERE id = %s", digest, story.first.pk)


def _drop_from_the_middle(story: Story) -> None:
    _drop(story.records[1])


def _drop_newest(story: Story) -> None:
    _drop(story.records[3])


def _add_behind_the_last(story: Story) -> None:
    _insert(story.third)


def _add_about_nothing(story: Story) -> None:
    _insert(story.third, subject_type="ghost")


def _give_to_another_subject(story: Story) -> None:
    _run("UPDATE kernel_record SET subject_id = 999999999 WHERE id = %s", story.third.pk)


def _drop_subject(story: Story) -> None:
    for table in ("orders_orderline", "orders_contact"):
        _run(f"DELETE FROM {table} WHERE order_id = %s", story.first.pk)
    _run("DELETE FROM orders_order WHERE id = %s", story.first.pk)


def _change_head(story: Story) -> None:
    _run("UPDATE orders_order SET head = %s WHERE id = %s", "0" * 64, story.first.pk)


def _change_seal(story: Story) -> None:
    _run("UPDATE kernel_sealedrecord SET chain = %s WHERE number = 2", "0" * 64)


def _swap_seals(story: Story) -> None:
    second, third = story.records[1].pk, story.records[2].pk
    _run("UPDATE kernel_sealedrecord SET record_id = -1 WHERE number = 2")
    _run("UPDATE kernel_sealedrecord SET record_id = %s WHERE number = 3", second)
    _run("UPDATE kernel_sealedrecord SET record_id = %s WHERE number = 2", third)


def _drop_seal(story: Story) -> None:
    _run("DELETE FROM kernel_sealedrecord WHERE number = 2")


Tampering = Callable[[Story], None]
FOUND_THROUGH_THE_SEALS: list[tuple[Tampering, str, int]] = [
    (_change_text, "the text doesn't match its hash", 3),
    (_change_hash, "the text doesn't match its hash", 3),
    (_forge_text_and_hash, "seal 3 doesn't follow from the one before it", 3),
    (_drop_from_the_middle, "seal 2 is missing", 3),
    (_change_seal, "seal 2 doesn't follow from the one before it", 2),
    (_swap_seals, "seal 2 doesn't follow from the one before it", 3),
    (_drop_seal, "seal 2 is missing", 3),
]
FOUND_THROUGH_THE_SUBJECT: list[tuple[Tampering, str, str]] = [
    (_change_text, "the text doesn't match its hash", "order {first} #3"),
    (_change_hash, "the text doesn't match its hash", "order {first} #3"),
    (_drop_from_the_middle, "record 2 of this subject is missing", "order {first} #3"),
    (_drop_newest, "the newest records are missing: 0 of 1 are there", "order {second} #1"),
    (_add_behind_the_last, "the record stands behind the last one that its subject knows", "order {first} #4"),
    (_add_about_nothing, "the record is about a kind of subject that doesn't exist", "ghost {first} #4"),
    (_drop_subject, "the subject of this record is gone", "order {first} #1"),
    (_give_to_another_subject, "the newest records are missing: 2 of 3 are there", "order {first} #3"),
    (_change_head, "the subject knows another last record than this one", "order {first} #3"),
]


@committed
@pytest.mark.parametrize(
    ("tamper", "problem", "seq"), FOUND_THROUGH_THE_SEALS, ids=lambda value: getattr(value, "__name__", None)
)
def test_tampering_with_what_is_sealed_is_found_and_the_first_bad_record_named(
    story: Story, tamper: Tampering, problem: str, seq: int
) -> None:
    assert (seal(), verify_database().ok) == (4, True)
    with _unguarded():
        tamper(story)
        report = verify_database()
    assert (report.ok, report.problem) == (False, problem)
    assert (report.subject, report.record_id) == (f"order {story.first.pk} #{seq}", story.records[seq - 1].pk)
    assert verify_database().ok


@pytest.mark.parametrize(
    ("tamper", "problem", "where"), FOUND_THROUGH_THE_SUBJECT, ids=lambda value: getattr(value, "__name__", None)
)
def test_tampering_before_the_seal_is_found_through_the_chain_of_the_subject(
    story: Story, tamper: Tampering, problem: str, where: str
) -> None:
    assert verify_database().ok
    with _unguarded():
        tamper(story)
        report = verify_database()
    assert (report.ok, report.problem) == (False, problem)
    assert report.subject == where.format(first=story.first.pk, second=story.second.pk)
    assert verify_database().ok


COLUMNS = {
    "seq": 9, "action": "acquisition.read_order", "clause": "2.1.1", "stage": "routed",
    "actor_id": None, "department_id": None, "at": "2026-09-18 00:00:00+00", "entered_at": "2026-09-18 00:00:00+00",
}  # fmt: skip


@pytest.mark.parametrize("column", COLUMNS)
def test_a_column_that_says_otherwise_than_the_text_is_found(story: Story, column: str) -> None:
    with _unguarded():
        _run(f"UPDATE kernel_record SET {column} = %s WHERE id = %s", COLUMNS[column], story.third.pk)
        report = verify_database()
    assert report.problem == f"the column {column} doesn't match the text"
    assert report.subject == f"order {story.first.pk} #{9 if column == 'seq' else 3}"


@committed
def test_the_newest_record_taken_away_with_its_seal_is_missed_by_its_subject(story: Story) -> None:
    seal()
    with _unguarded():
        _drop_newest(story)
        report = verify_database()
    assert (report.problem, report.subject, report.record_id, report.sealed) == (
        "the newest records are missing: 0 of 1 are there", f"order {story.second.pk} #1", None, 3,
    )  # fmt: skip
