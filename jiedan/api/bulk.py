"""Up to five hundred orders in one request, each with its own result (clause 2.1.2).

For a shop system without a connector of its own. The orders belong to the platform "api" and to the shop that is named,
and go to departments by the routing rules; they are taken in like those of every other channel, in one transaction. One
that we have already is changed by who sent it first and by those who work for its department, by nobody else. A wrong
order fails none of its neighbours and is told, not set aside: whoever sent it is still there.
"""

import json
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from jiedan.acquisition.incoming import IncomingOrder
from jiedan.acquisition.intake import Foreign, Outcome, Taken, take_in_many
from jiedan.acquisition.schema import order_schema, read_order
from jiedan.api.bodies import object_of
from jiedan.api.idempotency import Answer, once
from jiedan.api.problems import Problem
from jiedan.core import clock, courtesy
from jiedan.kernel import bulk
from jiedan.kernel.action import REGISTRY
from jiedan.kernel.dispatch import why_not_yours
from jiedan.kernel.errors import Forbidden, Invalid
from jiedan.kernel.inputs import validated
from jiedan.kernel.models import Record
from jiedan.orders.models import Order
from jiedan.people.actor import Actor

PLATFORM = "api"
MOST = 500
LARGEST = 8 << 20
"""Bytes of a request's body, at most."""
INVALID = "invalid"
"""The outcome of an order that couldn't be read."""


class Orders(BaseModel):
    """The request: orders, and the shop of those that name none themselves."""

    model_config = ConfigDict(extra="forbid")

    shop: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = ""
    orders: list[Any] = Field(max_length=MOST)


def taken_in(request: HttpRequest, actor: Actor) -> Answer:
    """Take the request's orders in. Raises Forbidden, Problem, JsonRefused or Invalid for the request as a whole."""
    enter = REGISTRY["acquisition.enter_order"]
    if not actor.roles & enter.by:
        raise Forbidden(why_not_yours(enter, None))
    body = _body(request)
    given = validated(Orders, object_of(body))
    if not isinstance(given, Orders):
        raise TypeError(f"{given!r} is no request")

    def run() -> Answer:
        results = _results(given, actor)
        counts = Counter(result["outcome"] for result in results)
        return Answer(200, json.dumps({"counts": counts, "results": results}, ensure_ascii=False))

    with bulk.standing_aside():
        return once(actor.staff_id or 0, "orders/bulk", request.headers.get("Idempotency-Key"), body, clock.now(), run)


def _body(request: HttpRequest) -> bytes:
    # Read here because Django's own limit, which `request.body` keeps, is for everything else.
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise Problem(415, "content_encoding", _("Send the body as it is, not compressed."))
    body: bytes = request.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise Problem(413, "too_large", _("The body is larger than 8 MiB; send fewer orders at once."))
    return body


def _results(given: Orders, actor: Actor) -> list[dict[str, Any]]:
    """The result of each order, in the order of the request."""
    channel = f"{PLATFORM} {actor.number}"
    read = [_read(raw, given.shop) for raw in courtesy.each(given.orders)]
    orders = [found for found in read if isinstance(found, IncomingOrder)]
    taken = iter(take_in_many(orders, channel, foreign=_foreign(actor, channel)) if orders else [])
    return [
        _told(index, raw, next(taken) if isinstance(found, IncomingOrder) else found)
        for index, (raw, found) in enumerate(zip(given.orders, read, strict=True))
    ]


def _foreign(actor: Actor, channel: str) -> Foreign:
    """An order is changed by who works for its department, or by who sent it first, wherever it went since (6.2.3)."""

    def foreign(orders: Collection[Order]) -> set[int]:
        enter = REGISTRY["acquisition.enter_order"].by
        others = {order.pk for order in orders if actor.grant(enter, order.department_id) is None}
        first = Record.objects.filter(subject_type=Order.KIND, subject_id__in=others, seq=1) if others else ()
        return others - {record.subject_id for record in first if json.loads(record.body)["channel"] == channel}

    return foreign


def _read(raw: object, shop: str) -> IncomingOrder | Invalid:
    try:
        order = read_order(raw, PLATFORM, shop)
    except Invalid as wrong:
        return wrong
    if order.status == "cancelled":
        # An accepted order is cancelled by its department's head, whoever asks for it.
        why = _("Ask for a cancellation with “cancel_requested”; the department decides on it.")
        return Invalid({"status": [why]}, why)
    return order


def _told(index: int, raw: object, found: Taken | Invalid) -> dict[str, Any]:
    number = raw.get("external_id") if isinstance(raw, dict) else None
    external_id = number.strip() if isinstance(number, str) else ""
    result: dict[str, Any] = {"index": index, "external_id": external_id}
    if isinstance(found, Invalid):
        return result | {"outcome": INVALID, "number": "", "errors": found.fields}
    errors = {"": [found.reason]} if found.outcome is Outcome.REFUSED else {}
    return result | {"outcome": found.outcome.value, "number": found.ref, "errors": errors}


def description(inlined: Any) -> dict[str, Any]:
    """What OpenAPI says of request and answer; INLINED puts the parts of a schema in their places."""
    order = order_schema(shop_required=False)
    order = inlined(order, order.pop("$defs", {}))
    order["properties"]["status"]["enum"] = ["placed", "paid", "cancel_requested"]
    outcomes: Sequence[str] = [*(outcome.value for outcome in Outcome), INVALID]
    result = _object(
        index={"type": "integer"}, external_id={"type": "string"}, outcome={"type": "string", "enum": outcomes},
        number={"type": "string", "description": "Our number of the order; empty when there is none."},
        errors={"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
    )  # fmt: skip
    answer = _object(
        counts={"type": "object", "additionalProperties": {"type": "integer"}},
        results={"type": "array", "items": result},
    )
    orders = {"type": "array", "maxItems": MOST, "items": order}
    wanted = {"type": "object", "required": ["orders"], "additionalProperties": False}
    wanted |= {"properties": {"shop": {"type": "string", "maxLength": 60}, "orders": orders}}
    return {
        "requestBody": {"required": True, "content": {"application/json": {"schema": wanted}}},
        "responses": {200: {"description": "One result for each order, in the same order.",
                            "content": {"application/json": {"schema": answer}}}},
    }  # fmt: skip


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}
