"""The ways in which a simulated shop goes wrong, all seen in integrations: each is a list of what it sends.

A shop always ends with a good message, so every order comes in; `REFUSED` tells which sends are refused and set aside.
"""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from jiedan.connectors.webhook.signing import TOLERANCE

Order = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One message: its body and how it is sent."""

    body: bytes
    way: str = ""
    """"" as it should be; "bad_signature"; "cut" (half of the request); "lost" (nobody reads the answer); "again" (under
    the number of the one before)."""
    off: timedelta = timedelta(0)
    """By how much the sender's clock is off."""


def message(order: Order, kind: str = "order.paid") -> bytes:
    """The message about an order."""
    content = {"type": kind, "timestamp": order["paid_at"], "data": order}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def paid(order: Order, way: str = "", off: timedelta = timedelta(0)) -> Step:
    """The order was paid."""
    return Step(message(order), way, off)


def _edited(order: Order) -> Order:
    more = Decimal("2.00")
    return {**order, "freight": str(Decimal(order["freight"]) + more), "total": str(Decimal(order["total"]) + more)}


def _numbers(order: Order) -> Order:
    """Amounts as numbers, where our schema allows text or numbers."""
    return {**order, "total": float(order["total"]), "goods_amount": float(order["goods_amount"])}


def _strings(order: Order) -> Order:
    return {**order, "lines": [{**line, "quantity": str(line["quantity"])} for line in order["lines"]]}


def _without(order: Order, name: str) -> Order:
    return {key: value for key, value in order.items() if key != name}


SKEW = TOLERANCE + timedelta(minutes=1)
PLANS: dict[str, Callable[[Order], list[Step]]] = {
    "duplicate": lambda order: [paid(order), paid(order, "again"), paid(order)],
    "reordered": lambda order: [Step(message(_edited(order), "order.updated")), paid(order)],
    "edit": lambda order: [paid(order), Step(message(_edited(order), "order.updated")), paid(order)],
    "paid_after_cancel": lambda order: [paid(order), Step(message(order, "order.cancelled")), paid(order)],
    "cancel_first": lambda order: [Step(message(order, "order.cancelled")), paid(order)],
    "bad_signature": lambda order: [paid(order, "bad_signature"), paid(order)],
    "slow_clock": lambda order: [paid(order, off=-SKEW), paid(order)],
    "fast_clock": lambda order: [paid(order, off=SKEW), paid(order)],
    "cut": lambda order: [paid(order, "cut"), paid(order)],
    "lost": lambda order: [paid(order, "lost"), paid(order)],
    "malformed": lambda order: [Step(message(order)[:-20]), paid(order)],
    "null": lambda order: [Step(b"null"), paid(order)],
    "null_text": lambda order: [paid({**order, "receiver": "null"}), paid(order)],
    "duplicate_key": lambda order: [Step(b'{"type":"order.paid",' + message(order)[1:]), paid(order)],
    "missing": lambda order: [paid(_without(order, "placed_at") | {"paid_at": order["paid_at"]}), paid(order)],
    "negative": lambda order: [paid({**order, "freight": "-10.00"}), paid(order)],
    "wrong_sum": lambda order: [paid({**order, "total": "0.01"}), paid(order)],
    "unknown_fields": lambda order: [paid({**order, "isVip": True}), paid(order)],
    "strings": lambda order: [paid(_strings(order)), paid(order)],
    "numbers": lambda order: [paid(_numbers(order))],
}
"""What is sent, in this order, for each way of going wrong."""

REFUSED = {
    "bad_signature": "bad_signature", "slow_clock": "stale_clock", "fast_clock": "stale_clock",
    "malformed": "malformed_json", "null": "not_a_message", "null_text": "invalid", "duplicate_key": "duplicate_name",
    "missing": "invalid", "negative": "invalid", "wrong_sum": "invalid", "unknown_fields": "invalid", "strings": "invalid",
}  # fmt: skip
"""The cause for which the first message of such an order has to be refused (and set aside)."""
ENDS_CANCELLED = frozenset({"paid_after_cancel", "cancel_first"})


def plan(order: Order, number: int, faults: bool, dice: random.Random) -> tuple[str, list[Step]]:
    """What is sent about the NUMBER-th order (from 0): the name of its fault or "", and the messages.

    With faults each of them comes up among the first orders once, then in one of four orders.
    """
    name = fault(list(PLANS), number, dice) if faults else ""
    return (name, PLANS[name](order)) if name else ("", [paid(order)])


def fault(names: list[str], number: int, dice: random.Random) -> str:
    """Which of these goes wrong with the NUMBER-th: each once among the first, then one of four; "" for none."""
    chosen = dice.choice(names)
    if number < len(names):
        return names[number]
    return chosen if dice.random() < 0.25 else ""
