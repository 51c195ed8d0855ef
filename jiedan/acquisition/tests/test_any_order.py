"""Messages and decisions in whatever order they come end in the right order, notices and clocks (clause 2.1.2)."""

from typing import Any

import pytest

from jiedan.acquisition.intake import take_in
from jiedan.acquisition.models import ChangeNotice
from jiedan.kernel.clocks import computed
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import Deadline
from jiedan.orders.models import Order
from tests.cast import FRIDAY, Cast, acting, incoming

A, B, C = {}, {"buyer_remark": "B"}, {"buyer_remark": "C"}
A1, A2, A3 = ({"updated_at": f"2026-09-18T0{hour}:00:00Z"} for hour in (1, 2, 3))
B3, C2 = B | A3, C | A2
NOW = FRIDAY.isoformat()
Said = tuple[dict[str, str], str] | str


def _play(cast: Cast, said: Said) -> str:
    if not isinstance(said, str):
        content, status = said
        return take_in(incoming(status=status, **content)).value
    order = Order.objects.get()
    data: dict[str, Any] = {} if said == "accept_order" else {"reason": "客户说明"}
    if said in ("take_over_change", "reject_change"):
        data["content_hash"] = ChangeNotice.objects.get(state="pending").content_hash
    dispatch(f"acquisition.{said}", acting(cast.head), data, subject=order)
    return "-"


TABLE: dict[str, tuple[list[Said], list[str], tuple[str, str, list[str]]]] = {
    "an update before the create": (
        [(B, "paid"), (A, "placed")], ["created", "changed"], ("routed", "", []),
    ),
    "a cancellation before the create": (
        [(A, "cancelled"), (A, "paid")], ["created", "unchanged"], ("cancelled", "", []),
    ),
    "paid after cancelled": (
        [(A, "paid"), (A, "cancelled"), (A, "paid")], ["created", "cancelled", "unchanged"], ("cancelled", "", []),
    ),
    "the same twice, before and after acceptance": (
        [(A, "paid"), (A, "paid"), "accept_order", (A, "paid")],
        ["created", "unchanged", "-", "unchanged"], ("accepted", "", []),
    ),
    "an older message after a newer one": (
        [(A, "paid"), "accept_order", (B, "paid"), (A, "paid"), (B, "paid")],
        ["created", "-", "noted", "unchanged", "noted"], ("accepted", "", ["outdated", "pending"]),
    ),
    "two different changes at once": (
        [(A, "paid"), "accept_order", (B, "paid"), (C, "paid"), "take_over_change"],
        ["created", "-", "noted", "noted", "-"], ("accepted", "C", ["outdated", "taken_over"]),
    ),
    "an earlier change again after a later one": (
        [(A, "paid"), "accept_order", (B, "paid"), (C, "paid"), (B, "paid")],
        ["created", "-", "noted", "noted", "noted"], ("accepted", "", ["outdated", "outdated", "pending"]),
    ),
    "a change while a cancellation is decided": (
        [(A, "paid"), "accept_order", (A, "cancel_requested"), (B, "cancel_requested"), "refuse_cancel", "reject_change"],
        ["created", "-", "changed", "noted", "-", "-"], ("accepted", "", ["rejected"]),
    ),
    "a change and a cancellation in one message": (
        [(A, "paid"), "accept_order", (B, "cancel_requested")], ["created", "-", "changed"],
        ("cancelling", "", ["pending"]),
    ),
    "a cancellation that takes the change with it": (
        [(A, "paid"), "accept_order", (B, "paid"), (B, "cancelled")], ["created", "-", "noted", "cancelled"],
        ("cancelled", "", ["outdated"]),
    ),
    "a change of a cancelled order": (
        [(A, "paid"), "accept_order", (A, "cancelled"), (B, "paid")], ["created", "-", "cancelled", "unchanged"],
        ("cancelled", "", []),
    ),
    "what was taken over, and then the old again": (
        [(A, "paid"), "accept_order", (B, "paid"), "take_over_change", (A, "paid")],
        ["created", "-", "noted", "-", "noted"], ("accepted", "B", ["taken_over", "pending"]),
    ),
    "a late update, where messages tell their time": (
        [(A1, "paid"), (B3, "paid"), (C2, "paid")], ["created", "changed", "unchanged"], ("routed", "B", []),
    ),
    "a late update after acceptance, where messages tell their time": (
        [(A1, "paid"), "accept_order", (B3, "paid"), (A1, "paid"), (C2, "paid")],
        ["created", "-", "noted", "unchanged", "unchanged"], ("accepted", "", ["pending"]),
    ),
    "the same again later counts as heard then": (
        [(A1, "paid"), (A3, "paid"), (C2, "paid")], ["created", "unchanged", "unchanged"], ("routed", "", []),
    ),
    "a late “paid” after a request to cancel, where messages tell their time": (
        [(A1, "paid"), "accept_order", (A3, "cancel_requested"), (A2, "paid")],
        ["created", "-", "changed", "unchanged"], ("cancelling", "", []),
    ),
    "a time in the future counts as now": (
        [(A1, "paid"), (B | {"updated_at": "2099-01-01T00:00:00Z"}, "paid"), (C | {"updated_at": NOW}, "paid")],
        ["created", "changed", "changed"], ("routed", "C", []),
    ),
    "a message without a time is never late": (
        [(B3, "paid"), (A, "paid")], ["created", "changed"], ("routed", "", []),
    ),
}  # fmt: skip


@pytest.mark.parametrize("story", TABLE)
def test_messages_end_alike_in_whatever_order_they_come(cast: Cast, story: str) -> None:
    said, outcomes, (stage, remark, states) = TABLE[story]
    assert [_play(cast, one) for one in said] == outcomes
    order = Order.objects.get()
    assert (order.stage, order.buyer_remark) == (stage, remark)
    assert list(ChangeNotice.objects.order_by("pk").values_list("state", flat=True)) == states
    rows = Deadline.objects.filter(subject_type="order", subject_id=order.pk).order_by("pk")
    assert [(r.name, r.round, r.status, r.due_at) for r in rows] == [
        (r.name, r.round, r.status, r.due_at) for r in computed(order)
    ]
