"""The JSON form in which other systems send us orders and listings, published in OpenAPI (2.1.1, 2.1.2).

An order, over the webhook and in bulk, is `IncomingOrder` without the platform, which the way in says; the shop may be left out where the connection or the
request says it. Amounts are yuan, as text or as a number with at most two decimals; moments carry their offset.
`updated_at` is when the sender's data became so: an older message that arrives late changes nothing. A line that doesn't
say what it is is what the order is.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from jiedan.acquisition.incoming import IncomingOrder, kind_of
from jiedan.acquisition.listing_feed import MESSAGES
from jiedan.kernel.errors import Invalid
from jiedan.kernel.inputs import reasons

_MOMENTS = ("placed_at", "paid_at", "promised_on", "updated_at")


def read_order(given: object, platform: str, shop: str = "") -> IncomingOrder:
    """GIVEN (a value out of strict JSON) as an order of PLATFORM; SHOP when it names none itself.

    Raises Invalid with every wrong field and what is wrong with it; "" stands for the order as a whole.
    """
    if not isinstance(given, Mapping):
        raise _wrong({"": [_("An object with fields is expected.")]})
    errors = _beyond_the_model(given)
    values = {"shop": shop, **given} if shop else dict(given)
    if given.get("kind") == "service":
        values["lines"] = _of_services(given.get("lines"))
    try:
        order = IncomingOrder.model_validate(values | {"platform": platform})
    except ValidationError as error:
        raise _wrong(_without_echo(reasons(error)) | errors) from error
    if not order.external_id:
        errors["external_id"] = [_("This is required.")]
    if order.kind != (found := kind_of(order.lines)):
        errors["kind"] = [
            _("The lines make it “%(found)s”; correct the order's kind or the lines'.") % {"found": found}
        ]
    if errors:
        raise _wrong(errors)
    return order


def order_schema(*, shop_required: bool) -> dict[str, Any]:
    """The JSON schema of an order (draft 2020-12); parts that repeat stand under `$defs`."""
    schema = IncomingOrder.model_json_schema()
    del schema["properties"]["platform"]
    schema["properties"]["external_id"]["minLength"] = 1
    left_out = {"platform"} if shop_required else {"platform", "shop"}
    schema["required"] = [name for name in schema["required"] if name not in left_out]
    return schema


def message_schemas() -> dict[str, dict[str, Any]]:
    """The JSON schema of every message about listings, by its type; the webhook's headers sign it (docs/webhooks.md)."""
    return {kind: _message(kind, model.model_json_schema()) for kind, model in MESSAGES.items()}


def _message(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    said = data.pop("description")
    said_of = {"type": {"const": kind}, "timestamp": {"type": "string", "format": "date-time"}, "data": data}
    return {"type": "object", "description": said, "required": ["type", "data"], "properties": said_of}


def _beyond_the_model(given: Mapping[str, Any]) -> dict[str, list[str]]:
    """What the model lets pass because other channels need it."""
    errors = {}
    if "platform" in given:
        errors["platform"] = [_("There is no such field in an order; leave it out.")]
    number = given.get("external_id")
    if isinstance(number, str) and not number.strip():
        errors["external_id"] = [_("This is required.")]
    for name in _MOMENTS:
        if isinstance(given.get(name), int | float | Decimal):
            # A number could be seconds or milliseconds.
            errors[name] = [_("Text is expected, e.g. 2026-09-20T09:30:00+08:00.")]
    return errors


def _of_services(lines: object) -> object:
    """The lines of an order for services: one that doesn't say what it is is a service, too."""
    if not isinstance(lines, list):
        return lines
    return [{"kind": "service", **line} if isinstance(line, Mapping) else line for line in lines]


def _without_echo(errors: dict[str, list[str]]) -> dict[str, list[str]]:
    # The model counts only lines that are right, so that one wrong line alone would seem to be missing as well.
    wrong_lines = any(name.startswith("lines.") for name in errors)
    return {name: found for name, found in errors.items() if name != "lines" or not wrong_lines}


def _wrong(errors: dict[str, list[str]]) -> Invalid:
    return Invalid(errors, _("Some fields need to be corrected."))
