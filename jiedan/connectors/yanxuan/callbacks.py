"""What a distributor is called back about, and how such a call is signed and understood.

A callback follows from a record: a cancellation that had to wait is decided when the order is cancelled, when the
head refuses, or when the cancellation is withdrawn. What was answered at once needs none. A cancellation of our own is
an exception to the other side.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jiedan.connectors.accounts import AccountFacts
from jiedan.connectors.yanxuan import protocol
from jiedan.core import strict_json
from jiedan.core.lifecycle import OrderStage

LONGEST_REASON = 200
NOT_POSSIBLE = "供货方无法履行该订单"
_DECIDING = {
    "acquisition.cancel_order": protocol.ALLOWED,
    "acquisition.refuse_cancel": protocol.REFUSED,
    "acquisition.withdraw_cancel": protocol.REFUSED,
}
"""Steps that decide a cancellation → cancelStatus."""
STEPS = frozenset(_DECIDING)


@dataclass(frozen=True, slots=True)
class Callback:
    """One call to the other side: its method and the one parameter of the business, a name and JSON text."""

    method: str
    name: str
    text: str


def after(action: str, stage_before: str, external_id: str, reason: str, by_person: bool = False) -> Callback | None:
    """The callback that a step on an order calls for, if any.

    REASON is told for a refused cancellation, whose field says that the customer reads it. Why a person of ours cancels
    what nobody asked to cancel is our own affair: the other side hears a fixed sentence.
    """
    if action == "acquisition.cancel_order" and by_person and stage_before != OrderStage.CANCELLING:
        return _callback(
            protocol.EXCEPTIONAL, "exceptionInfo", {"orderId": external_id, "reason": NOT_POSSIBLE, "extData": None}
        )
    if action == "evaluation.decline_order":
        # Written for the customer (2.2.3).
        told = {"orderId": external_id, "reason": reason[:LONGEST_REASON], "extData": None}
        return _callback(protocol.EXCEPTIONAL, "exceptionInfo", told)
    if action not in _DECIDING or stage_before != OrderStage.CANCELLING:
        return None
    status = _DECIDING[action]
    why = reason[:LONGEST_REASON] if status == protocol.REFUSED else None
    return _callback(
        protocol.CANCEL_DECIDED,
        "orderCancelResult",
        {"orderId": external_id, "cancelStatus": status, "rejectReason": why},
    )


def wanted(callback: Callback, registered: Sequence[str]) -> bool:
    """Whether the other side has registered for it."""
    return callback.method in registered


def parameters(callback: Callback, account: AccountFacts, now: datetime) -> dict[str, str]:
    """The form to send: signed with the newest secret, at the moment of sending. Raises ValueError without a secret."""
    if not account.secrets:
        raise ValueError(f"{account.name} has no secret to sign callbacks with")
    key = account.credentials.get("app_key", "")
    return protocol.signed(callback.method, {callback.name: callback.text}, key, account.secrets[0], now)


def accepted(status: int, body: bytes) -> bool:
    """Whether the other side took the callback: HTTP 200 and an envelope whose code is 200, as a number or text."""
    if status != 200:
        return False
    try:
        found = strict_json.loads(body)
    except strict_json.JsonRefused:
        return False
    return isinstance(found, dict) and str(found.get("code")) == "200"


def _callback(method: str, name: str, content: Mapping[str, Any]) -> Callback:
    return Callback(method, name, json.dumps(content, ensure_ascii=False, separators=(",", ":")))
