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
    "portal.send_link": "order.link",
}
"""Steps that the other side is told of → the event's type."""
_SAID = {
    "order.accepted": "A department accepted and read the order.",
    "order.cancelled": "The order was cancelled, by the customer or by us.",
    "order.declined": "We don't take the order on; the reason and our advice are meant for the customer.",
    "order.link": "A page for the customer; please pass its url on to them and to nobody else.",
    "order.cancel_refused": "The order can't be cancelled any more; it goes on.",
}
_TEXT = {"type": "string"}
_MORE = {
    "order.declined": {"reason": _TEXT, "advice": _TEXT},
    "order.link": {
        "url": _TEXT | {"format": "uri", "description": "Whoever has it acts as the customer. Keep it out of logs."},
        "purpose": _TEXT | {"description": "progress, terms, contract; more may come."},
        "expires_at": _TEXT | {"format": "date-time"},
    },
}


def message(
    event: str, at: datetime, number: str, external_id: str, stage: str, more: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The event as it is sent: nothing personal; MORE is why an order is declined, or a link, written for the customer."""
    data = {"number": number, "external_id": external_id, "stage": stage, **(more or {})}
    return {"type": event, "timestamp": at.isoformat(), "data": data}


def openapi() -> dict[str, Any]:
    """The events as OpenAPI 3.1 describes webhooks."""
    return {event: {"post": _operation(event)} for event in EVENTS.values()}


def _operation(event: str) -> dict[str, Any]:
    told = {
        "number": _TEXT | {"description": "Our order number."},
        "external_id": _TEXT | {"description": "The order's number in the sender's own system."},
        "stage": _TEXT | {"description": "Where the order stands after the step."},
        **_MORE.get(event, {}),
    }
    data = {"type": "object", "required": ["number", "external_id", "stage"], "properties": told}
    body = {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {"type": {"const": event}, "timestamp": _TEXT | {"format": "date-time"}, "data": data},
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
