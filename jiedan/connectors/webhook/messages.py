"""What a verified message says: its type, and the order or listing in our published schemas (acquisition)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from django.utils import translation
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from jiedan.acquisition.incoming import Amount, Ident, IncomingOrder
from jiedan.acquisition.listing_feed import POSTED, WITHDRAWN, IncomingListing, WithdrawnListing, read_listing
from jiedan.acquisition.schema import read_order
from jiedan.connectors.quarantine import LISTING
from jiedan.core.strict_json import JsonRefused, loads
from jiedan.kernel.errors import Invalid
from jiedan.kernel.inputs import reasons

PLATFORM = "webhook"
STATEMENT = "reconcile.statement"
"""The type of the sender's own count of a day (clause 6.1.2)."""
TEST = "connection.test"
"""The type of a message that only tries the way: it is verified and answered, and nothing else."""
STATUSES = {
    "order.paid": ("paid",),
    "order.updated": ("paid", "placed", "cancel_requested"),
    "order.cancelled": ("cancelled",),
}
"""The types of messages, and the statuses that their order may have; the first is meant when it names none."""


@dataclass(frozen=True)
class Unreadable(Exception):
    """A verified message can't be used: cause, sentences, wrong fields by name, what it is about and its number if known."""

    status: int
    cause: str
    zh: str
    en: str
    fields: dict[str, list[str]]
    external_id: str = ""
    about: str = "order"


@dataclass(frozen=True, slots=True)
class Said:
    """What a message says."""

    kind: str
    order: IncomingOrder


@dataclass(frozen=True, slots=True)
class Posted:
    """A listing that was posted or changed."""

    listing: IncomingListing
    kind: str = POSTED

    @property
    def external_id(self) -> str:
        """The listing's number there."""
        return self.listing.external_id


@dataclass(frozen=True, slots=True)
class TakenDown:
    """A listing was taken down."""

    external_id: str
    kind: str = WITHDRAWN


class Statement(BaseModel):
    """How many orders a sender says were paid on a day (China), for how much (yuan), and perhaps which."""

    model_config = ConfigDict(extra="forbid")

    date: date
    count: Annotated[int, Field(strict=True, ge=0, le=10_000_000)]
    amount: Amount
    ids: Annotated[list[Ident], Field(max_length=10_000)] | None = None


def read(body: bytes, shop: str) -> Said | Statement | Posted | TakenDown | None:
    """The message in BODY; SHOP when the order names none; None when it only tries the way. Raises Unreadable."""
    try:
        given = loads(body)
    except JsonRefused as refused:
        raise Unreadable(400, refused.code, f"不是可用的 JSON：{refused.reason}", refused.reason, {}) from refused
    if isinstance(given, dict) and given.get("type") == TEST:
        return None
    if not isinstance(given, dict) or not isinstance(given.get("data"), dict):
        en = "the message has to be an object with type, timestamp and data; data is the order"
        raise Unreadable(400, "not_a_message", "消息应为包含 type、timestamp 和 data 的对象，data 为订单", en, {})
    kind, data = given.get("type"), given["data"]
    if kind in _READERS:
        return _READERS[kind](data)
    if not isinstance(kind, str) or kind not in STATUSES:
        known = ", ".join([*STATUSES, POSTED, WITHDRAWN, STATEMENT])
        zh, en = f"不支持的消息类型，可用：{known}", f"the type isn't known; known are {known}"
        raise Unreadable(422, "unknown_type", zh, en, {"type": [zh]}, _number(data))
    return Said(kind, _order(kind, data, shop))


def _statement(data: dict[str, Any]) -> Statement:
    try:
        return Statement.model_validate(data)
    except ValidationError as error:
        raise _wrong(reasons(error), "日报内容有误", "the statement is wrong in") from error


def _posted(data: dict[str, Any]) -> Posted:
    try:
        return Posted(read_listing(data))
    except Invalid as wrong:
        raise _wrong(wrong.fields, "需求信息有误", "the listing is wrong in", _number(data), LISTING) from wrong


def _taken_down(data: dict[str, Any]) -> TakenDown:
    try:
        return TakenDown(WithdrawnListing.model_validate(data).external_id)
    except ValidationError as error:
        raise _wrong(reasons(error), "需求信息有误", "the listing is wrong in", _number(data), LISTING) from error


def _wrong(
    fields: Mapping[str, list[str]], zh: str, en: str, external_id: str = "", about: str = "order"
) -> Unreadable:
    named = {f"data.{name}" if name else "data": found for name, found in fields.items()}
    where = ", ".join(sorted(named))
    return Unreadable(422, "invalid", f"{zh}：{where}", f"{en} {where}", named, external_id, about)


_READERS: dict[object, Callable[[dict[str, Any]], Statement | Posted | TakenDown]] = {
    STATEMENT: _statement,
    POSTED: _posted,
    WITHDRAWN: _taken_down,
}


def _order(kind: str, data: dict[str, Any], shop: str) -> IncomingOrder:
    allowed = STATUSES[kind]
    status = data.get("status", allowed[0])
    if status not in allowed:
        zh = f"status 与消息类型 {kind} 矛盾，应为 {'、'.join(allowed)}"
        en = f"status contradicts the type {kind}; it has to be {' or '.join(allowed)}"
        raise Unreadable(422, "contradiction", zh, en, {"data.status": [zh]}, _number(data))
    named = data.get("shop", shop)
    if isinstance(named, str) and named.strip() != shop:
        # Whoever pushes for one shop says nothing of the orders of another.
        zh, en = f"该连接只属于店铺 {shop}，请省略 shop", f"this connection is the shop {shop}'s alone; leave shop out"
        raise Unreadable(422, "contradiction", zh, en, {"data.shop": [zh]}, _number(data))
    try:
        return read_order({**data, "status": status}, PLATFORM, shop)
    except Invalid as wrong:
        fields = {f"data.{name}" if name else "data": found for name, found in wrong.fields.items()}
        raise Unreadable(
            422, "invalid", _sentence(data, status, shop, "zh-hans"), _sentence(data, status, shop, "en"), fields,
            _number(data),
        ) from wrong  # fmt: skip


def _sentence(data: dict[str, Any], status: str, shop: str, language: str) -> str:
    """What is wrong, in one of the languages: read again, which only happens to what is wrong."""
    with translation.override(language):
        try:
            read_order({**data, "status": status}, PLATFORM, shop)
        except Invalid as wrong:
            return "; ".join(f"{name or 'data'}: {' '.join(found)}" for name, found in sorted(wrong.fields.items()))
    return ""


def _number(data: dict[str, Any]) -> str:
    number = data.get("external_id")
    return number[:128] if isinstance(number, str) else ""
