"""An order as it arrives, whatever the channel: what every connector turns its messages into (clause 2.1.2).

Amounts are yuan with two decimals. The cross-check is on what the platform itself must keep: the lines, freight and
tax less discount give the total, with a fen of tolerance a line for the platform's own rounding.
"""

import hashlib
import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

import rfc8785
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
LIMIT = Decimal("99999999999.99")


def _clean(text: str) -> str:
    if _FORBIDDEN.search(text):
        raise ValueError("the text contains control characters; send plain text")
    return text.strip()


Short = Annotated[str, AfterValidator(_clean), Field(max_length=60)]
Medium = Annotated[str, AfterValidator(_clean), Field(max_length=200)]
Long = Annotated[str, AfterValidator(_clean), Field(max_length=4000)]
Ident = Annotated[str, AfterValidator(_clean), Field(max_length=128)]
Amount = Annotated[Decimal, Field(ge=0, le=LIMIT, decimal_places=2, allow_inf_nan=False)]

OrderKind = Literal["product", "service", "mixed"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Receiver(_Frozen):
    """Who gets the goods or the service, and where."""

    name: Short
    phone: Annotated[str, AfterValidator(_clean), Field(max_length=30)] = ""
    province: Short = ""
    city: Short = ""
    district: Short = ""
    address: Medium = ""
    postcode: Annotated[str, AfterValidator(_clean), Field(max_length=12)] = ""


class Identity(_Frozen):
    """Name and identity number for customs: sensitive personal data."""

    name: Short
    number: Annotated[str, AfterValidator(_clean), Field(max_length=30)]


class Invoice(_Frozen):
    """The invoice that the customer asks for."""

    title: Medium = ""
    taxpayer_no: Short = ""
    amount: Amount = Decimal(0)


class IncomingLine(_Frozen):
    """One position."""

    number: int = Field(ge=1, le=10_000)
    sku: Ident = ""
    outer_sku: Ident = ""
    name: Medium
    category: Short = ""
    kind: Literal["product", "service"] = "product"
    quantity: int = Field(ge=1, le=1_000_000)
    unit_price: Amount
    discount: Amount = Decimal(0)
    amount: Amount


class IncomingOrder(_Frozen):
    """The order, checked."""

    platform: Short = Field(min_length=1)
    shop: Short = Field(min_length=1)
    external_id: Ident
    kind: OrderKind
    placed_at: AwareDatetime
    paid_at: AwareDatetime | None = None
    promised_on: date | None = None
    customer_account: Ident = ""
    customer_phone: Annotated[str, AfterValidator(_clean), Field(max_length=30)] = ""
    receiver: Receiver
    identity: Identity | None = None
    lines: tuple[IncomingLine, ...] = Field(min_length=1, max_length=1000)
    goods_amount: Amount
    freight: Amount = Decimal(0)
    tax: Amount = Decimal(0)
    discount: Amount = Decimal(0)
    total: Amount
    payment_terms: Medium = ""
    requirements: Long = ""
    buyer_remark: Long = ""
    seller_remark: Long = ""
    invoice: Invoice | None = None
    status: Literal["paid", "cancel_requested", "cancelled"] = "paid"

    @model_validator(mode="after")
    def _numbers_agree(self) -> Self:
        tolerance = Decimal("0.01") * (len(self.lines) + 1)
        lines = sum((line.amount for line in self.lines), Decimal(0))
        if abs(lines - self.goods_amount) > tolerance:
            raise ValueError(f"goods_amount: the lines sum up to {lines}, the order says {self.goods_amount}")
        expected = self.goods_amount + self.freight + self.tax - self.discount
        if abs(expected - self.total) > tolerance:
            raise ValueError(f"total: goods, freight and tax less discount give {expected}, the order says {self.total}")
        return self

    def content_hash(self) -> str:
        """SHA-256 over what matters (canonical JSON, money as text): two messages with one hash say the same.

        The status is left out: it is followed by steps of its own.
        """
        data = self.model_dump(mode="json", exclude={"status"})
        return hashlib.sha256(rfc8785.dumps(data)).hexdigest()
