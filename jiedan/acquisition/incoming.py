"""An order as it arrives, whatever the channel: what every connector turns its messages into (clause 2.1.2).

Amounts are yuan with two decimals, moments are UTC. Two cross-checks name the field that doesn't fit: the lines make
the goods amount, and goods, freight and tax less discount make the total. Each allows a fen a line and one more for
what the platform rounds when it spreads a discount over the lines; more than that is no rounding.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    field_validator,
)
from pydantic_core import PydanticKnownError
from pydantic_core.core_schema import ValidationInfo

from jiedan.core import invisible
from jiedan.core.canonical import plain, sha256
from jiedan.core.money import CENT, LIMIT, yuan

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def _clean(text: str) -> str:
    # Whatever is forbidden or invisible isn't printable, and that is known at once.
    if text.isprintable():
        return text
    if _FORBIDDEN.search(text):
        raise ValueError("the text contains control characters; send plain text")
    return invisible.removed_at_ends(text)


def _clean_ident(text: str) -> str:
    return text if text.isprintable() else invisible.removed(_clean(text))


def _in_utc(moment: datetime) -> datetime:
    if not 2000 <= moment.year <= 2100:
        raise ValueError(f"{moment:%Y-%m-%d} can't be right; a day between 2000 and 2100 is expected")
    return moment.astimezone(UTC)


def _amount(value: object) -> Decimal:
    amount = yuan(value)
    if amount < 0:
        raise PydanticKnownError("greater_than_equal", {"ge": 0})
    return amount


# An order has some twenty texts and ten amounts, and hundreds of orders come in a second: what pydantic's own core can
# do of a text is left to it, and an amount is looked at once.
_CLEAN = AfterValidator(_clean)
_CLEAN_IDENT = AfterValidator(_clean_ident)
Code = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20), _CLEAN]
Phone = Annotated[str, StringConstraints(strip_whitespace=True, max_length=30), _CLEAN_IDENT]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60), _CLEAN]
Medium = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), _CLEAN]
Long = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000), _CLEAN]
Ident = Annotated[str, StringConstraints(strip_whitespace=True, max_length=128), _CLEAN_IDENT]
Count = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
Amount = Annotated[
    Decimal,
    PlainValidator(_amount, json_schema_input_type=Annotated[Decimal, Field(ge=0, le=LIMIT)]),
    PlainSerializer(str, when_used="json"),
]
Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]

ZERO = Decimal("0.00")
OrderKind = Literal["product", "service", "mixed"]
LineKind = Literal["product", "service"]
OrderStatus = Literal["placed", "paid", "cancel_requested", "cancelled"]
"""Where the platform says the order stands now; "placed" is a message that tells of the placing alone, however late it
is sent (again), and so says nothing about a cancellation."""
RefundStatus = Literal["asked", "agreed", "refused", "returning", "arbitrated", "done", "closed"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Receiver(_Frozen):
    """Who gets the goods or the service, and where."""

    name: Short
    phone: Phone = ""
    province: Short = ""
    city: Short = ""
    district: Short = ""
    address: Medium = ""
    postcode: Annotated[str, StringConstraints(strip_whitespace=True, max_length=12), _CLEAN] = ""


class Identity(_Frozen):
    """Name and identity number for customs: sensitive personal data."""

    name: Short
    number: Phone


class Invoice(_Frozen):
    """The invoice that the customer asks for."""

    title: Medium = ""
    taxpayer_no: Short = ""
    amount: Amount = ZERO


class IncomingLine(_Frozen):
    """One position; `amount` is what is paid for all of it, `discount` what was taken off before."""

    number: Annotated[int, Field(strict=True, ge=1, le=10_000)]
    sku: Ident = ""
    outer_sku: Ident = ""
    name: Medium
    category: Short = ""
    kind: LineKind = "product"
    quantity: Count
    unit_price: Amount
    discount: Amount = ZERO
    amount: Amount


class IncomingOrder(_Frozen):
    """The order, checked."""

    platform: Code = Field(min_length=1)
    shop: Short = Field(min_length=1)
    external_id: Ident
    kind: OrderKind
    placed_at: Moment
    paid_at: Moment | None = None
    promised_on: date | None = None
    customer_account: Ident = ""
    customer_phone: Phone = ""
    receiver: Receiver
    identity: Identity | None = None
    lines: tuple[IncomingLine, ...] = Field(min_length=1, max_length=1000)
    goods_amount: Amount
    freight: Amount = ZERO
    tax: Amount = ZERO
    discount: Amount = ZERO
    total: Amount
    payment_terms: Medium = ""
    requirements: Long = ""
    buyer_remark: Long = ""
    seller_remark: Long = ""
    invoice: Invoice | None = None
    status: OrderStatus = "paid"
    updated_at: Moment | None = None
    """When the platform's data became so, if it tells: a message that is older than what we know changes nothing."""

    # A field is checked after those above it, so what it has to agree with is in `info.data`, if that was right.

    @field_validator("goods_amount")
    @classmethod
    def _lines_make_the_goods_amount(cls, value: Decimal, info: ValidationInfo) -> Decimal:
        lines: tuple[IncomingLine, ...] | None = info.data.get("lines")
        if lines is not None:
            found = sum((line.amount for line in lines), ZERO)
            if abs(found - value) > tolerance(len(lines)):
                raise ValueError(f"the lines sum up to {found}, the order says {value}")
        return value

    @field_validator("total")
    @classmethod
    def _amounts_make_the_total(cls, value: Decimal, info: ValidationInfo) -> Decimal:
        given = info.data
        if {"lines", "goods_amount", "freight", "tax", "discount"} <= given.keys():
            expected = given["goods_amount"] + given["freight"] + given["tax"] - given["discount"]
            if abs(expected - value) > tolerance(len(given["lines"])):
                raise ValueError(f"goods, freight and tax less discount give {expected}, the order says {value}")
        return value

    def content_hash(self) -> str:
        """SHA-256 over what matters: two messages with one hash say the same.

        The status is left out: it is followed by steps of its own. So is the time.
        """
        return _digest(self.model_dump(mode="json", exclude={"status", "updated_at"}))


class IncomingRefundLine(_Frozen):
    """One position that is to be refunded."""

    number: Annotated[int, Field(strict=True, ge=1, le=10_000)]
    sku: Ident = ""
    outer_sku: Ident = ""
    name: Medium = ""
    quantity: Annotated[int, Field(strict=True, ge=0, le=1_000_000)]


class IncomingRefund(_Frozen):
    """A refund that the platform tells of; `platform_status` is its own code, `status` what that means."""

    platform: Code = Field(min_length=1)
    shop: Short = Field(min_length=1)
    external_id: Ident = Field(min_length=1)
    order_external_id: Ident = Field(min_length=1)
    kind: Literal["return", "money_only", "unknown"] = "unknown"
    amount: Amount
    asked_at: Moment
    customer_account: Ident = ""
    reason: Medium = ""
    remark: Long = ""
    carrier: Short = ""
    waybill: Ident = ""
    lines: tuple[IncomingRefundLine, ...] = Field(default=(), max_length=1000)
    platform_status: Code
    status: RefundStatus

    def content_hash(self) -> str:
        """SHA-256 over everything, the status too: a refund is followed by its messages."""
        return _digest(self.model_dump(mode="json"))


def tolerance(lines: int) -> Decimal:
    """How far sums may be off, in yuan, in an order of this many lines."""
    return CENT * (lines + 1)


def kind_of(lines: Sequence[IncomingLine]) -> OrderKind:
    """What an order with these lines is: goods, service or both."""
    kinds = {line.kind for line in lines}
    return "mixed" if len(kinds) > 1 else "service" if "service" in kinds else "product"


def _digest(data: dict[str, Any]) -> str:
    # Over canonical JSON (RFC 8785, money as text). Platforms don't keep the order of the lines, so it doesn't count.
    lines = [plain({**line, "number": 0}) for line in data.pop("lines")]
    return sha256(plain({**data, "lines": sorted(lines)}))
