"""The table of deadlines is a projection: whatever happens, row by row it is what the records alone say (lessons)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from jiedan.core import clock
from jiedan.core.deadlines import ALL, Effects, Status, Terms
from jiedan.core.lifecycle import OrderStage
from jiedan.core.worktime import DayOverride, WorkDays, WorkHours
from jiedan.kernel import clocks, ledger, rules, timers
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import CalendarVersion, CompanyCalendar, Deadline, Procedure
from jiedan.kernel.verify import verify_database
from jiedan.orders.models import Order
from jiedan.people.actor import SYSTEM
from tests.cast import FRIDAY, Cast, acting, order_at, received, shanghai

NAMES = ("accept_order", "route_order", "contact_customer")
names = st.sampled_from([frozenset({name}) for name in NAMES] + [frozenset({ALL}), frozenset(NAMES[:2])])
amounts = st.one_of(
    st.integers(15, 2000).map(WorkHours), st.integers(1, 6).map(WorkDays)
)  # fmt: skip
warnings = st.one_of(st.none(), st.integers(0, 240).map(WorkHours))
versions = st.sampled_from([(1, 1), (1, 2), (1, 3)])


def shape(rows: list[Deadline]) -> list[dict[str, Any]]:
    """The rows without their keys."""
    return [{name: value for name, value in vars(row).items() if name not in ("id", "_state")} for row in rows]


def further_calendars() -> None:
    """Two more versions: one that closes the make-up Sunday and a Monday, one that opens every night."""
    first = rules.calendar_version(1)
    closed = DayOverride((), "停工")
    days = {date(2026, 9, day): closed for day in (20, 21)}
    second = replace(first, version=2, days={**first.days, **days})
    third = replace(first, version=3, week=(first.week[0],) * 7)
    for calendar in (second, third):
        CalendarVersion.objects.create(
            number=calendar.version, data=calendar.to_json(), reason="测试", created_at=FRIDAY
        )


class Clocks(RuleBasedStateMachine):
    """The clocks of one order under any sequence of records."""

    order: Order
    departments: tuple[int, int]

    def __init__(self) -> None:
        super().__init__()
        self._undone = _undone()
        self._undone.__enter__()
        self.now = FRIDAY.astimezone(UTC)
        self.versions = (1, 1)
        self.subject = Order.objects.get(pk=self.order.pk)

    def teardown(self) -> None:
        assert verify_database().ok
        self._undone.__exit__(None, None, None)

    def _record(self, **what: Any) -> None:
        subject = self.subject
        effects = Effects(subject.seq + 1, self.now, subject.department_id, **what)
        draft = ledger.Draft(
            subject, "acquisition.note_change", "2.1.2", SYSTEM, SYSTEM.grants[0], subject.stage, self.now, self.now,
            "test", self.versions, effects,
        )  # fmt: skip
        ledger.write([draft])
        clocks.project([(subject, effects)], clocks.load("order", [subject.pk]))
        subject.save()

    @rule(minutes=st.one_of(st.integers(0, 90), st.integers(0, 6000)))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(
        name=st.sampled_from(NAMES), amount=amounts, warning=warnings, stops=st.one_of(st.just(frozenset[str]()), names)
    )
    def starts(self, name: str, amount: WorkHours | WorkDays, warning: WorkHours | None, stops: frozenset[str]) -> None:
        self._record(starts=(Terms(name, "2.1.2", amount, warning, *self.versions),), stops=stops)

    @rule(name=names)
    def stops(self, name: frozenset[str]) -> None:
        self._record(stops=name)

    @rule(name=names)
    def lapses(self, name: frozenset[str]) -> None:
        self._record(voids=name)

    @rule(name=names)
    def pauses(self, name: frozenset[str]) -> None:
        self._record(pauses=name)

    @rule(name=names)
    def goes_on(self, name: frozenset[str]) -> None:
        self._record(resumes=name)

    @rule(paused=names, resumed=names)
    def pauses_and_goes_on_in_one_record(self, paused: frozenset[str], resumed: frozenset[str]) -> None:
        self._record(pauses=paused, resumes=resumed)

    @rule(to=versions)
    def the_rules_change(self, to: tuple[int, int]) -> None:
        self.versions = to

    @rule(to=versions)
    def is_re_based(self, to: tuple[int, int]) -> None:
        self._record(rebase=to)

    @rule()
    def another_department_takes_over(self) -> None:
        first, second = self.departments
        self.subject.department_id = second if self.subject.department_id == first else first
        self._record()

    @rule()
    def is_swept(self) -> None:
        timers.sweep(self.now)
        self.subject.refresh_from_db()
        assert timers.sweep(self.now) == 0
        assert timers.outstanding(self.now) == 0

    @precondition(lambda self: Deadline.objects.exists())
    @rule()
    def the_table_is_thrown_away(self) -> None:
        before, due = shape(self._rows()), self.subject.due_at
        clocks.rebuild(self.subject)
        assert shape(self._rows()) == before
        assert self.subject.due_at == due

    def _rows(self) -> list[Deadline]:
        return clocks.load("order", [self.subject.pk])[self.subject.pk]

    @invariant()
    def the_rows_are_what_the_records_say(self) -> None:
        rows = self._rows()
        assert shape(rows) == shape(clocks.computed(self.subject))
        running = [row.due_at for row in rows if row.status == Status.RUNNING and row.due_at]
        assert self.subject.due_at == min(running, default=None)

    @invariant()
    def a_duty_is_open_at_most_once_and_its_rounds_are_counted(self) -> None:
        rows = self._rows()
        for name in NAMES:
            mine = [row for row in rows if row.name == name]
            assert [row.round for row in mine] == list(range(1, len(mine) + 1))
            assert [row.round for row in mine if row.ended_at is None] in ([], [len(mine)])

    @invariant()
    def exactly_the_working_time_of_the_limit_lies_before_the_due_moment(self) -> None:
        for row in self._rows():
            pure = clocks.clock_of(row)
            assert (row.due_at is None) == (row.status == Status.PAUSED)
            if row.due_at is not None and isinstance(pure.terms.amount, WorkHours):
                calendar = rules.calendar_version(row.calendar)
                assert calendar.elapsed(row.started_at, row.due_at, pure.past_pauses) == pure.terms.amount
                assert row.warn_at is None or row.started_at <= row.warn_at <= row.due_at


@contextmanager
def _undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_going_on_record_by_record_gives_the_rows_that_a_rebuild_gives(cast: Cast) -> None:
    further_calendars()
    Clocks.order = received()
    Clocks.departments = (cast.home.pk, cast.service.pk)
    some = settings(
        max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    run_state_machine_as_test(Clocks, settings=some)


def test_a_row_that_was_changed_behind_the_records_is_put_right_by_a_rebuild(cast: Cast) -> None:
    order = received()
    Deadline.objects.update(due_at=shanghai(12, 24), status="kept")
    assert shape(clocks.load("order", [order.pk])[order.pk]) != shape(clocks.computed(order))
    clocks.rebuild(order)
    assert (Deadline.objects.get().due_at, order.due_at) == (shanghai(9, 20, 10, 30), shanghai(9, 20, 10, 30))


def test_changing_the_companys_values_moves_no_clock_that_runs(cast: Cast) -> None:
    order = received("K1")
    data = {"values": {"accept_hours": "4"}, "reason": "人手不足"}
    dispatch("administration.set_values", acting(cast.decider), data, subject=Procedure.objects.get())
    later = received("K2")
    assert [Deadline.objects.get(subject_id=row.pk).due_at for row in (order, later)] == [
        shanghai(9, 20, 10, 30), shanghai(9, 20, 14, 0),
    ]  # fmt: skip
    assert [Deadline.objects.get(subject_id=row.pk).procedure for row in (order, later)] == [1, 2]


def test_re_basing_shows_before_and_after_and_keeps_the_limit(cast: Cast) -> None:
    order = received()
    change = {"days": "2026-09-20,休,台风", "reason": "停工"}
    dispatch("administration.change_calendar", acting(cast.decider), change, subject=CompanyCalendar.objects.get())
    assert Deadline.objects.get().due_at == shanghai(9, 20, 10, 30)
    done = dispatch("acquisition.rebase_deadlines", acting(cast.head), {"reason": "停工"}, subject=order)
    row = Deadline.objects.get()
    assert (row.due_at, row.calendar, row.terms["minutes"]) == (shanghai(9, 21, 10, 30), 2, 120)
    assert '"due_before":{"accept_order":"2026-09-20T02:30:00+00:00"}' in done.record.body


def test_two_pauses_are_taken_out_of_the_time_once_each(cast: Cast) -> None:
    order = received()
    steps = [("request_cancel", 9, 20, 9, 0), ("withdraw_cancel", 9, 20, 10, 0)]
    steps += [("request_cancel", 9, 20, 10, 30), ("withdraw_cancel", 9, 21, 9, 30)]
    for step, *moment in steps:
        with clock.at(shanghai(*moment)):
            dispatch(f"acquisition.{step}", SYSTEM, {"reason": "客户犹豫"}, subject=order)
    # Half an hour on Friday, half an hour on Sunday from 10:00, the hour that is left on Monday from 9:30.
    assert Deadline.objects.get().due_at == shanghai(9, 21, 10, 30)


def test_the_second_department_is_given_the_whole_time_and_the_first_is_judged(cast: Cast) -> None:
    order = received()
    with clock.at(shanghai(9, 20, 10, 31)):
        data = {"department": cast.service.pk, "reason": "属于服务"}
        dispatch("acquisition.transfer_order", acting(cast.taker), data, subject=order)
    first, second = Deadline.objects.order_by("pk")
    assert (first.department, first.round, first.status, first.ended_at) == (
        cast.home,
        1,
        "late",
        shanghai(9, 20, 10, 31),
    )
    assert (second.department, second.round, second.status) == (cast.service, 2, "running")
    assert second.due_at == shanghai(9, 20, 14, 1)


@pytest.mark.parametrize("stage", [OrderStage.CANCELLED, OrderStage.CONFIRMED])
def test_an_order_that_waits_for_nothing_has_no_due_moment(cast: Cast, stage: OrderStage) -> None:
    order = order_at(stage, cast)
    assert order.due_at is None
    assert set(Deadline.objects.values_list("status", flat=True)) == {
        "void" if stage is OrderStage.CANCELLED else "kept"
    }
    assert order.total == Decimal("398.00")
