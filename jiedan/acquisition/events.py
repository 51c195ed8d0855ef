"""What we tell other systems of our steps: the published events and their JSON, sent as Standard Webhooks (clause 2.1.2).

That an order has come in is said in the answer to its push, so there is no event for it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

EVENTS = {
    "acquisition.accept_order": "order.accepted",
    "acquisition.cancel_order": "order.cancelled",
    "acquisition.refuse_cancel": "order.cancel_refused",
    "evaluation.decline_order": "order.declined",
}
"""Steps that the other side is told of → the event's type."""
_SAID = {
    "order.accepted": "A department accepted and read the order.",
    "order.cancelled": "The order was cancelled, by the customer or by us.",
    "order.declined": "We don't take the order on; the reason and our advice are meant for the customer.",
    "order.cancel_refused": "The order can't be cancelled any more; it goes on.",
}


def message(
    event: str, at: datetime, number: str, external_id: str, stage: str, why: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The event as it is sent: nothing personal, and no reasons but WHY an order is declined, written for the customer."""
    data = {"number": number, "external_id": external_id, "stage": stage, **(why or {})}
    return {"type": event, "timestamp": at.isoformat(), "data": data}


def openapi() -> dict[str, Any]:
    """The events as OpenAPI 3.1 describes webhooks."""
    return {event: {"post": _operation(event)} for event in EVENTS.values()}


def _operation(event: str) -> dict[str, Any]:
    text = {"type": "string"}
    told = {
        "number": text | {"description": "Our order number."},
        "external_id": text | {"description": "The order's number in the sender's own system."},
        "stage": text | {"description": "Where the order stands after the step."},
        **({"reason": text, "advice": text} if event == "order.declined" else {}),
    }
    data = {"type": "object", "required": ["number", "external_id", "stage"], "properties": told}
    body = {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {"type": {"const": event}, "timestamp": text | {"format": "date-time"}, "data": data},
    }
    headers = [
        header("webhook-id", "The event's number; the same however often it is sent. Keep it for 30 days."),
        header("webhook-timestamp", "Seconds since 1970 (UTC) at this attempt."),
        header("webhook-signature", "v1, and base64 of HMAC-SHA256 over id.timestamp.body."),
    ]
    return {
        "summary": _SAID[event],
        "parameters": headers,
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {
            "2XX": {"description": "Taken."},
            "410": {"description": "Gone: nothing more is sent to this address."},
            "default": {"description": "Not taken: sent again with growing pauses for three days."},
        },
    }


def header(name: str, said: str) -> dict[str, Any]:
    """A header of a signed message, as OpenAPI describes it."""
    return {"name": name, "in": "header", "required": True, "description": said, "schema": {"type": "string"}}
