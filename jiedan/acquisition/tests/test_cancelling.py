"""A platform's cancellation: at once, when somebody decides, or remembered until the order comes (clause 2.1.2)."""

import json
from datetime import timedelta

import pytest

from jiedan.acquisition.cancelling import Cancelled, Cancelling, cancel
from jiedan.acquisition.intake import Outcome, take_in
from jiedan.acquisition.models import EarlyCancel
from jiedan.core.lifecycle import OrderStage
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Forbidden, Refused
from jiedan.kernel.models import Deadline, Record
from jiedan.orders.models import Order
from jiedan.people.actor import SYSTEM
from tests.cast import FRIDAY, Cast, acting, incoming, order_at, received, shanghai


def asked(external_id: str = "K1") -> Cancelled:
    return cancel("kaola", "hangzhou", external_id, "渠道申请取消")


def steps(order: Order) -> list[str]:
    rows = Record.objects.filter(subject_type="order", subject_id=order.pk).order_by("seq")
    return [row.action.removeprefix("acquisition.") for row in rows]


@pytest.mark.parametrize("stage", [OrderStage.UNROUTED, OrderStage.ROUTED])
def test_an_order_that_nobody_accepted_is_cancelled_at_once(cast: Cast, stage: OrderStage) -> None:
    order = order_at(stage, cast)
    assert cancel("kaola", order.shop, "K1", "渠道申请取消") == Cancelled(Cancelling.DONE, order.pk, order.ref)
    order.refresh_from_db()
    assert order.stage == OrderStage.CANCELLED
    assert steps(order) == ["receive_order", "cancel_order"]


def test_an_accepted_order_waits_for_a_decision_with_its_clocks_standing_still(cast: Cast) -> None:
    order = order_at(OrderStage.ACCEPTED, cast)
    assert asked() == Cancelled(Cancelling.ASKED, order.pk, order.ref)
    order.refresh_from_db()
    assert (order.stage, order.stage_before_cancelling) == (OrderStage.CANCELLING, OrderStage.ACCEPTED)


def test_said_again_it_changes_nothing_and_is_answered_alike(cast: Cast) -> None:
    waiting = order_at(OrderStage.ACCEPTED, cast, "K1")
    over = received("K2")
    for _again in range(3):
        assert asked("K1").state is Cancelling.ASKED
        assert asked("K2").state is Cancelling.DONE
    assert steps(waiting) == ["receive_order", "accept_order", "request_cancel"]
    assert steps(over) == ["receive_order", "cancel_order"]


def test_an_unknown_order_is_cancelled_when_it_comes(cast: Cast) -> None:
    assert asked("K9") == asked("K9") == Cancelled(Cancelling.AWAITED)
    assert EarlyCancel.objects.get().reason == "渠道申请取消"
    assert take_in(incoming("K9", status="placed")) is Outcome.CREATED
    order = Order.objects.get(external_id="K9")
    assert (order.stage, steps(order)) == (OrderStage.CANCELLED, ["receive_order", "cancel_order"])
    assert EarlyCancel.objects.get().settled_at is not None
    assert asked("K9").state is Cancelling.DONE


def test_another_shops_order_with_the_same_number_stays(cast: Cast) -> None:
    order = received("K1")
    assert cancel("kaola", "ningbo", "K1", "渠道申请取消").state is Cancelling.AWAITED
    assert cancel("yanxuan", "hangzhou", "K1", "渠道申请取消").state is Cancelling.AWAITED
    order.refresh_from_db()
    assert (order.stage, order.version) == (OrderStage.ROUTED, 1)


def test_a_placing_that_is_told_again_takes_no_cancellation_back(cast: Cast) -> None:
    order = order_at(OrderStage.ACCEPTED, cast)
    asked()
    assert take_in(incoming(status="placed")) is Outcome.UNCHANGED
    order.refresh_from_db()
    assert order.stage == OrderStage.CANCELLING


def test_a_refused_cancellation_lets_the_order_go_on_and_its_clocks_run(cast: Cast) -> None:
    order = received()
    dispatch("acquisition.request_cancel", SYSTEM, {"reason": "客户申请取消"}, subject=order)
    clock_before = Deadline.objects.get(subject_type="order", subject_id=order.pk, name="accept_order")
    assert clock_before.status == "paused"
    dispatch("acquisition.refuse_cancel", acting(cast.head), {"reason": "货已出库"}, subject=order)
    order.refresh_from_db()
    clock_after = Deadline.objects.get(subject_type="order", subject_id=order.pk, name="accept_order")
    assert (order.stage, clock_after.status) == (OrderStage.ROUTED, "running")
    assert clock_after.due_at == shanghai(9, 20, 10, 30)
    body = json.loads(Record.objects.get(action="acquisition.refuse_cancel").body)
    assert body["facts"]["reason"] == "货已出库"


def test_only_the_head_refuses_a_cancellation_and_only_one_that_was_asked_for(cast: Cast) -> None:
    waiting = order_at(OrderStage.CANCELLING, cast, "K1")
    routed = received("K2")
    with pytest.raises(Forbidden):
        dispatch("acquisition.refuse_cancel", acting(cast.taker), {"reason": "货已出库"}, subject=waiting)
    with pytest.raises(Refused):
        dispatch("acquisition.refuse_cancel", acting(cast.head), {"reason": "货已出库"}, subject=routed)
    waiting.refresh_from_db()
    routed.refresh_from_db()
    assert (waiting.stage, waiting.version, routed.version) == (OrderStage.CANCELLING, 2, 1)


def test_after_a_refusal_it_can_be_asked_for_again(cast: Cast) -> None:
    order = order_at(OrderStage.ACCEPTED, cast)
    asked()
    dispatch("acquisition.refuse_cancel", acting(cast.head), {"reason": "货已出库"}, subject=order)
    assert asked().state is Cancelling.ASKED
    assert steps(order)[-3:] == ["request_cancel", "refuse_cancel", "request_cancel"]


def told(status: str, **changes: object) -> str:
    """What a platform's word of this status comes to, and where the order stands then."""
    outcome = take_in(incoming(status=status, **changes)).value
    return f"{outcome} {Order.objects.get().stage}"


def refused_by(step: str, cast: Cast) -> None:
    assert told("cancel_requested") == "changed cancelling"
    dispatch(step, acting(cast.head), {"reason": "货已出库"}, subject=Order.objects.get())


@pytest.mark.parametrize("step", ["acquisition.refuse_cancel", "acquisition.withdraw_cancel"])
def test_a_platform_that_goes_on_telling_of_a_refused_cancellation_asks_for_nothing_new(step: str, cast: Cast) -> None:
    order = order_at(OrderStage.ACCEPTED, cast)
    refused_by(step, cast)
    count = Record.objects.count()
    assert [told("cancel_requested") for _time in range(3)] == ["unchanged accepted"] * 3
    assert told("placed") == "unchanged accepted"
    assert told("cancel_requested") == "unchanged accepted"
    assert (Record.objects.count(), Order.objects.get().pk) == (count, order.pk)


def test_after_the_platform_said_that_it_stands_it_can_be_asked_for_anew(cast: Cast) -> None:
    order_at(OrderStage.ACCEPTED, cast)
    refused_by("acquisition.refuse_cancel", cast)
    assert [told(status) for status in ("cancel_requested", "paid", "cancel_requested")] == [
        "unchanged accepted",
        "unchanged accepted",
        "changed cancelling",
    ]
    # What the platform took back by itself it may ask for at once.
    assert [told(status) for status in ("paid", "cancel_requested")] == ["changed accepted", "changed cancelling"]


def test_a_newer_word_of_a_platform_that_tells_times_asks_anew(cast: Cast) -> None:
    order_at(OrderStage.ACCEPTED, cast)
    refused_by("acquisition.refuse_cancel", cast)
    asked_at = FRIDAY - timedelta(minutes=5)
    assert told("cancel_requested", updated_at=asked_at) == "changed cancelling"
    dispatch("acquisition.refuse_cancel", acting(cast.head), {"reason": "货已出库"}, subject=Order.objects.get())
    assert told("cancel_requested", updated_at=asked_at) == "unchanged accepted"
    assert told("cancelled", updated_at=asked_at) == "cancelled cancelled"
