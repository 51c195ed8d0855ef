"""R12: random steps by random people over HTTP; the order only ever moves as declared, each step leaves one record."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from jiedan.core.lifecycle import OrderStage
from jiedan.kernel import clocks
from jiedan.kernel.action import REGISTRY
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import StepRefused
from jiedan.kernel.models import Deadline, Record
from jiedan.orders.models import Order
from jiedan.people.actor import SYSTEM
from tests.cast import Cast, acting, incoming, logged_in

pytestmark = pytest.mark.faults

STEPS = {
    "acquisition.accept_order": {},
    "acquisition.read_order": {},
    "acquisition.transfer_order": {"department": "other", "reason": "改派"},
    "acquisition.route_order": {"department": "other", "reason": "分派"},
    "acquisition.cancel_order": {"reason": "不要了"},
    "acquisition.withdraw_cancel": {"reason": "还要"},
    "acquisition.rebase_deadlines": {"reason": "新日历"},
    "acquisition.reveal_contact": {"reason": "核对"},
}
PEOPLE = ("taker", "head", "decider", "executor", "agent", "supervisor", "system_admin", "outsider", "other_head")

WITH_A_CLOCK = {OrderStage.UNROUTED, OrderStage.ROUTED, OrderStage.ACCEPTED}
"""Somebody has to give it a department, accept it, evaluate it; while a cancellation is decided all clocks stand."""


class Lifecycle(RuleBasedStateMachine):
    cast: Cast
    number = 0

    @initialize(shop=st.sampled_from(["hangzhou", "unknown"]))
    def an_order_arrives(self, shop: str) -> None:
        Lifecycle.number += 1
        external_id = f"M{Lifecycle.number}"
        done = dispatch("acquisition.receive_order", SYSTEM, incoming(external_id, shop=shop), channel="connector")
        self.pk = done.subject.pk
        self.records = 1

    def order(self) -> Order:
        return Order.objects.select_related("department").get(pk=self.pk)

    @rule(step=st.sampled_from(sorted(STEPS)), who=st.sampled_from(PEOPLE))
    def somebody_tries_a_step(self, step: str, who: str) -> None:
        before, person, action = self.order(), getattr(self.cast, who), REGISTRY[step]
        values: dict[str, Any] = dict(STEPS[step])
        if "department" in values:
            other = self.cast.service if before.department_id == self.cast.home.pk else self.cast.home
            values["department"] = str(other.pk)
        answer = logged_in(person).post(f"/orders/{before.ref}/do/{step}/", values)
        after = self.order()
        allowed = acting(person).grant(action.by, before.department_id) is not None and before.stage in action.when
        if answer.status_code in (200, 302):
            assert allowed
            self.records += 1
        else:
            assert answer.status_code in (403, 404, 409, 422)
            assert (after.stage, after.version, after.seq) == (before.stage, before.version, before.seq)

    @rule(
        step=st.sampled_from(["acquisition.request_cancel", "acquisition.withdraw_cancel", "acquisition.cancel_order"])
    )
    def the_platform_reports(self, step: str) -> None:
        before = self.order()
        try:
            dispatch(step, SYSTEM, {"reason": "平台"}, subject=before, channel="connector")
        except StepRefused:
            assert self.order().seq == before.seq
        else:
            assert before.stage in REGISTRY[step].when
            self.records += 1

    @invariant()
    def every_step_left_exactly_one_record(self) -> None:
        if hasattr(self, "pk"):
            assert Record.objects.filter(subject_type="order", subject_id=self.pk).count() == self.records

    @invariant()
    def the_clocks_are_those_of_the_records(self) -> None:
        if hasattr(self, "pk"):
            order = self.order()
            stored = Deadline.objects.filter(subject_type="order", subject_id=self.pk).order_by("pk")
            fields = ("name", "round", "status", "due_at", "started_at", "ended_at", "pauses")
            assert [tuple(getattr(row, name) for name in fields) for row in stored] == [
                tuple(getattr(row, name) for name in fields) for row in clocks.computed(order)
            ]
            running = [row.due_at for row in stored if row.ended_at is None and row.due_at is not None]
            assert order.due_at == min(running, default=None)
            assert bool(running) == (order.stage in WITH_A_CLOCK)


def test_random_people_taking_random_steps_never_break_the_lifecycle(cast: Cast) -> None:
    Lifecycle.cast = cast
    run_state_machine_as_test(
        Lifecycle,
        settings=settings(
            max_examples=120,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )


def test_the_machine_finds_a_dispatcher_that_forgets_the_rights(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The positive control."""
    monkeypatch.setattr("jiedan.kernel.dispatch.authorised", lambda *_given: SYSTEM.grants[0])
    Lifecycle.cast = cast
    with pytest.raises(AssertionError):
        run_state_machine_as_test(
            Lifecycle,
            settings=settings(
                max_examples=30,
                stateful_step_count=20,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                derandomize=True,
                phases=[Phase.generate],
            ),
        )
