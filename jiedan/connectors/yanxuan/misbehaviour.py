"""The ways in which a simulated distributor goes wrong, all seen in integrations: each is a list of what it sends.

A distributor always ends with a good create, so every order comes in; what each way must leave behind is told by
`REFUSED` (which sends are refused, and why) and `ENDS_CANCELLED`.
"""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from jiedan.connectors.yanxuan import protocol

Order = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One request: its method, the order's JSON or number, and how it is sent."""

    method: str
    business: dict[str, str]
    way: str = ""
    """"" as it should be; "bad_sign", "cut" (half of the request), "lost" (nobody reads the answer)."""
    off: timedelta = timedelta(0)
    """By how much the sender's clock is off."""


def create(order: Order, way: str = "", off: timedelta = timedelta(0)) -> Step:
    """The order is pushed."""
    return raw(json.dumps(order, ensure_ascii=False, separators=(",", ":")), way, off)


def raw(text: str, way: str = "", off: timedelta = timedelta(0)) -> Step:
    """Some text is pushed as an order."""
    return Step(protocol.CREATE, {"order": text}, way, off)


def cancel(order: Order) -> Step:
    """The order is cancelled."""
    return Step(protocol.CANCEL, {"orderId": order["orderId"]})


def _edited(order: Order) -> Order:
    more = {name: str(Decimal(order[name]) + 2) for name in ("realPrice", "expFee")}
    return {**order, **more, "payMethod": "网易支付"}


def _strings(order: Order) -> Order:
    lines = [{name: str(value) for name, value in line.items()} for line in order["orderSkus"]]
    return {**order, "orderSkus": lines}


def _nulls(order: Order) -> Order:
    return {**order, "invoiceTitle": "null", "invoiceAmount": "null", "receiverPhone": "null"}


def _unknown(order: Order) -> Order:
    return {**order, "channelExt": {"traceId": "7f3a", "tags": ["618", "新客"]}, "isVip": True}


def _twice(order: Order) -> str:
    return json.dumps(order, ensure_ascii=False)[:-1] + ', "orderId": "YX0"}'


def _without(order: Order, name: str) -> Order:
    return {key: value for key, value in order.items() if key != name}


def _half(order: Order) -> str:
    text = json.dumps(order, ensure_ascii=False)
    return text[: len(text) // 2]


SKEW = protocol.WINDOW + timedelta(minutes=1)
PLANS: dict[str, Callable[[Order], list[Step]]] = {
    "duplicate": lambda order: [create(order)] * 3,
    "reordered": lambda order: [create(_edited(order)), create(order)],
    "edit": lambda order: [create(order), create(_edited(order)), create(order)],
    "cancel_first": lambda order: [cancel(order), create(order)],
    "paid_after_cancel": lambda order: [create(order), cancel(order), create(order)],
    "bad_sign": lambda order: [create(order, "bad_sign"), create(order)],
    "slow_clock": lambda order: [create(order, off=-SKEW), create(order)],
    "fast_clock": lambda order: [create(order, off=SKEW), create(order)],
    "cut": lambda order: [create(order, "cut"), create(order)],
    "lost": lambda order: [create(order, "lost"), create(order)],
    "malformed": lambda order: [raw(_half(order)), create(order)],
    "null": lambda order: [raw("null"), create(order)],
    "duplicate_key": lambda order: [raw(_twice(order)), create(order)],
    "missing": lambda order: [create(_without(order, "payTime")), create(order)],
    "negative": lambda order: [create({**order, "expFee": "-10.00"}), create(order)],
    "wrong_sum": lambda order: [create({**order, "realPrice": "0.01"}), create(order)],
    "null_fields": lambda order: [create(_nulls(order))],
    "strings": lambda order: [create(_strings(order))],
    "unknown_fields": lambda order: [create(_unknown(order))],
}
"""What is sent, in this order, for each way of going wrong."""

REFUSED = {
    "bad_sign": "sign_wrong",
    "slow_clock": "timestamp_stale",
    "fast_clock": "timestamp_stale",
    "malformed": "json_refused",
    "null": "order_unreadable",
    "duplicate_key": "json_refused",
    "missing": "order_unreadable",
    "negative": "order_unreadable",
    "wrong_sum": "order_unreadable",
}
"""The cause for which the first request of such an order has to be refused (and set aside)."""
ENDS_CANCELLED = frozenset({"cancel_first", "paid_after_cancel", "cancelled"})


def plan(order: Order, number: int, faults: bool, dice: random.Random) -> tuple[str, list[Step]]:
    """What is done about the NUMBER-th order (from 0): the name of its fault or "", and the requests.

    With faults each of them comes up among the first orders once, then in one of four orders.
    """
    names = list(PLANS)
    chosen, cancelled = dice.choice(names), dice.random() < 0.02
    if faults and (number < len(names) or dice.random() < 0.25):
        name = names[number] if number < len(names) else chosen
        return name, PLANS[name](order)
    if cancelled:
        return "cancelled", [create(order), cancel(order)]
    return "", [create(order)]
