"""Kaola's order and refund as ours: tolerant of text for numbers and of the text "null", strict about what is missing.

Money is yuan. Kaola gives no category in an order; ours comes from the merchant's own SKU (`sku_outer_id`), whose
part before the last dash is the category by the convention of our SKUs, e.g. "家居/灯具-0042"; services begin with
"服务/". An SKU without such a part has no category, and routing rules by shop alone apply.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import ValidationError

from jiedan.acquisition.incoming import Identity, IncomingLine, IncomingOrder, Invoice, Receiver
from jiedan.connectors.kaola import protocol

PLATFORM = "kaola"
_STATUS = {
    protocol.PAID: "paid",
    protocol.SHIPPING: "paid",
    protocol.SHIPPED: "paid",
    protocol.SIGNED: "paid",
    protocol.CANCEL_ASKED: "cancel_requested",
    protocol.CANCELLED: "cancelled",
}


class UnreadableOrder(ValueError):
    """A message that isn't a usable order: which one (if it says), and what is wrong field by field."""

    def __init__(self, external_id: str, problems: list[str]) -> None:
        super().__init__(f"order {external_id or '(without number)'}: {'; '.join(problems)}")
        self.external_id = external_id
        self.problems = problems


class _Fields:
    """Reads fields of a raw object and remembers what was wrong."""

    def __init__(self, raw: Mapping[str, Any], prefix: str = "", problems: list[str] | None = None) -> None:
        self._raw = raw
        self._prefix = prefix
        self.problems: list[str] = [] if problems is None else problems

    def value(self, name: str) -> Any:
        found = self._raw.get(name)
        return None if found is None or (isinstance(found, str) and found.strip() in ("null", "")) else found

    def wrong(self, name: str, why: str) -> None:
        self.problems.append(f"{self._prefix}{name}: {why}")

    def text(self, name: str, required: bool = False) -> str:
        found = self.value(name)
        if found is None:
            if required:
                self.wrong(name, "is missing")
            return ""
        if isinstance(found, bool) or not isinstance(found, str | int | Decimal):
            self.wrong(name, f"is {type(found).__name__}, text is expected")
            return ""
        return str(found).strip()

    def yuan(self, name: str, required: bool = False) -> Decimal:
        found = self.value(name)
        if found is None:
            if required:
                self.wrong(name, "is missing")
            return Decimal("0.00")
        try:
            return Decimal(str(found).strip()).quantize(Decimal("0.01"))
        except (InvalidOperation, ValueError):
            self.wrong(name, f"“{str(found)[:30]}” is no amount")
            return Decimal("0.00")

    def whole(self, name: str) -> int:
        text = self.text(name, required=True)
        if text and not (text.lstrip("-").isascii() and text.lstrip("-").isdigit() and len(text) < 16):
            self.wrong(name, f"“{text[:30]}” is no whole number")
            return 0
        return int(text or 0)

    def moment(self, name: str, required: bool = False) -> datetime | None:
        text = self.text(name, required)
        if not text:
            return None
        try:
            return protocol.moment(text)
        except ValueError:
            self.wrong(name, f"“{text[:30]}” is no time like 2026-09-18 17:30:00")
            return None


def parse_order(raw: object, shop: str) -> IncomingOrder:
    """A raw order of the platform as ours. Raises UnreadableOrder."""
    if not isinstance(raw, dict):
        raise UnreadableOrder("", [f"the order is {type(raw).__name__}, not an object"])
    fields = _Fields(raw)
    external_id = fields.text("order_id", required=True)
    lines = _lines(fields, raw.get("order_skus"))
    values = _values(fields, lines) | {"shop": shop, "external_id": external_id, "lines": lines}
    if fields.problems:
        raise UnreadableOrder(external_id, fields.problems)
    try:
        return IncomingOrder.model_validate(values)
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, item['loc'])) or 'order'}: {item['msg']}" for item in error.errors()]
        raise UnreadableOrder(external_id, problems) from error


def _values(fields: _Fields, lines: list[IncomingLine]) -> dict[str, Any]:
    status = fields.whole("order_status")
    if status not in _STATUS:
        fields.wrong("order_status", f"{status} is not known")
    goods = sum((line.amount for line in lines), Decimal(0))
    freight, tax, total = (
        fields.yuan("express_fee"),
        fields.yuan("tax_fee"),
        fields.yuan("order_real_price", required=True),
    )
    kinds = {line.kind for line in lines}
    return {
        "platform": PLATFORM,
        "kind": kinds.pop() if len(kinds) == 1 else "mixed",
        "status": _STATUS.get(status, "paid"),
        "placed_at": fields.moment("order_time", required=True),
        "paid_at": fields.moment("pay_success_time"),
        "promised_on": _day(fields.moment("pre_deliver_time")),
        "customer_account": fields.text("buyer_account"),
        "customer_phone": fields.text("buyer_phone"),
        "receiver": _receiver(fields),
        "identity": _identity(fields),
        "goods_amount": goods,
        "freight": freight,
        "tax": tax,
        # The coupons are spread over the lines already; what is left between the sum and the price paid is a
        # reduction of the whole order.
        "discount": max(Decimal(0), goods + freight + tax - total),
        "total": total,
        "payment_terms": fields.text("pay_method_name") or fields.text("pay_method_subname"),
        "buyer_remark": fields.text("order_buyer_remark"),
        "seller_remark": fields.text("order_business_remark"),
        "invoice": _invoice(fields),
    }


def _receiver(fields: _Fields) -> Receiver | None:
    values = {
        "name": fields.text("receiver_name", required=True),
        "phone": fields.text("receiver_phone"),
        "province": fields.text("receiver_province_name"),
        "city": fields.text("receiver_city_name"),
        "district": fields.text("receiver_district_name"),
        "address": fields.text("receiver_address_detail"),
        "postcode": fields.text("receiver_post_code"),
    }
    try:
        return Receiver.model_validate(values)
    except ValidationError as error:
        for item in error.errors():
            fields.wrong(f"receiver_{item['loc'][0]}", item["msg"])
        return None


def _identity(fields: _Fields) -> Identity | None:
    name, number = fields.text("cert_name"), fields.text("cert_id_no")
    return Identity(name=name[:60], number=number[:30]) if name or number else None


def _invoice(fields: _Fields) -> Invoice | None:
    if fields.text("need_invoice") != "1":
        return None
    return Invoice(
        title=fields.text("invoice_title")[:200],
        taxpayer_no=fields.text("taxpayer_no")[:60],
        amount=max(Decimal(0), fields.yuan("invoice_amount")),
    )


def _lines(fields: _Fields, rows: Any) -> list[IncomingLine]:
    if not isinstance(rows, list) or not rows:
        fields.wrong("order_skus", "is missing or empty")
        return []
    return [line for number, row in enumerate(rows, start=1) if (line := _line(fields, number, row)) is not None]


def _line(fields: _Fields, number: int, row: Any) -> IncomingLine | None:
    place = f"order_skus.{number}."
    if not isinstance(row, dict):
        fields.wrong(place.rstrip("."), f"is {type(row).__name__}, not an object")
        return None
    own = _Fields(row, place, fields.problems)
    outer = own.text("sku_outer_id")
    category = outer.rpartition("-")[0]
    values = {
        "number": number,
        "sku": own.text("sku_key"),
        "outer_sku": outer,
        "name": own.text("product_name", required=True)[:200],
        "category": category[:60],
        "kind": "service" if category.startswith("服务") else "product",
        "quantity": own.whole("count"),
        "unit_price": own.yuan("origin_price", required=True),
        "discount": own.yuan("activity_totle_amount") + own.yuan("coupon_totle_amount"),
        "amount": own.yuan("real_totle_price", required=True),
    }
    try:
        return IncomingLine.model_validate(values)
    except ValidationError as error:
        for item in error.errors():
            own.wrong(str(item["loc"][0]), item["msg"])
        return None


def _day(found: datetime | None) -> Any:
    return found.date() if found else None
