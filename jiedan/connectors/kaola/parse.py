"""Kaola's order and refund as ours: tolerant in form, strict about what is missing. Money is yuan.

Kaola gives no category in an order; ours comes from the merchant's own SKU (`sku_outer_id`), whose part before the
last dash is the category by the convention of our SKUs, e.g. "家居/灯具-0042"; services begin with "服务/". An SKU
without such a part has no category, and routing rules by shop alone apply.

What the public clients show of the amounts, and what follows: the goods amount is the sum of what is paid for the
lines (`real_totle_price`), freight and tax come on top, and `order_real_price` is what the customer paid. Whether
coupons are inside the lines or taken off the whole order differs from client to client, so what is left between the
sum and the price paid is the order's discount. A price paid above the sum can't be explained: that order is refused.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from jiedan.acquisition.incoming import (
    Identity,
    IncomingLine,
    IncomingOrder,
    IncomingRefund,
    IncomingRefundLine,
    Invoice,
    Receiver,
    kind_of,
    tolerance,
)
from jiedan.connectors.fields import ZERO, Fields, UnreadableMessage
from jiedan.connectors.kaola import protocol
from jiedan.connectors.skus import category_of, kind_of_category
from jiedan.core.faults import Fault

PLATFORM = "kaola"
_STATUS = {
    protocol.PAID: "paid",
    protocol.SHIPPING: "paid",
    # Shipped and signed orders stand as well: one that a window brings late is taken in like any other.
    protocol.SHIPPED: "paid",
    protocol.SIGNED: "paid",
    protocol.CANCEL_ASKED: "cancel_requested",
    protocol.CANCELLED: "cancelled",
}
_REFUND_STATUS = {
    **dict.fromkeys((1, 11), "asked"),
    **dict.fromkeys((2, 6, 7), "agreed"),
    3: "refused",
    **dict.fromkeys((4, 5), "returning"),
    **dict.fromkeys((12, 13, 15), "arbitrated"),
    10: "done",
    **dict.fromkeys((8, 9, 14), "closed"),
}
"""refund_status_detail → where the refund stands."""
_REFUND_KIND = {"0": "return", "1": "money_only"}

_RECEIVER = {
    "name": "receiver_name",
    "phone": "receiver_phone",
    "province": "receiver_province_name",
    "city": "receiver_city_name",
    "district": "receiver_district_name",
    "address": "receiver_address_detail",
    "postcode": "receiver_post_code",
}
_LINE = {
    "sku": "sku_key",
    "outer_sku": "sku_outer_id",
    "name": "product_name",
    "category": "sku_outer_id",
    "quantity": "count",
    "unit_price": "origin_price",
    "discount": "activity_totle_amount",
    "amount": "real_totle_price",
}
_ORDER = {
    "external_id": "order_id",
    "placed_at": "order_time",
    "paid_at": "pay_success_time",
    "promised_on": "pre_deliver_time",
    "customer_account": "buyer_account",
    "customer_phone": "buyer_phone",
    "lines": "order_skus",
    "goods_amount": "order_skus",
    "freight": "express_fee",
    "tax": "tax_fee",
    "discount": "coupon_amount",
    "total": "order_real_price",
    "payment_terms": "pay_method_name",
    "buyer_remark": "order_buyer_remark",
    "seller_remark": "order_business_remark",
}
_REFUND = {
    "external_id": "refund_id",
    "order_external_id": "order_id",
    "amount": "refund_fee",
    "asked_at": "refund_create_time",
    "customer_account": "user_account",
    "reason": "refund_reason",
    "remark": "user_comment",
    "carrier": "express_company_name",
    "waybill": "express_no",
    "lines": "refund_skus",
    "status": "refund_status_detail",
}
"""Our fields → the platform's, under which a fault is told."""


class UnreadableOrder(UnreadableMessage):
    """A message that isn't a usable order."""

    noun = ("订单", "order")


class UnreadableRefund(UnreadableMessage):
    """A message that isn't a usable refund."""

    noun = ("退款", "refund")


def parse_order(raw: object, shop: str) -> IncomingOrder:
    """A raw order of the platform as ours. Raises UnreadableOrder, and nothing else, whatever RAW is."""
    if not isinstance(raw, dict):
        raise UnreadableOrder("", [_no_object(raw)])
    fields = Fields(raw)
    external_id = fields.text("order_id", required=True)
    rows = enumerate(fields.rows("order_skus", required=True), start=1)
    lines = [line for number, row in rows if (line := _line(number, row)) is not None]
    values = _values(fields, lines) | {"shop": shop, "external_id": external_id, "lines": lines}
    found = None if fields.faults else fields.built(IncomingOrder, values, _ORDER)
    if found is None:
        raise UnreadableOrder(external_id[:128], fields.faults)
    return found


def parse_refund(raw: object, shop: str) -> IncomingRefund:
    """A raw refund of the platform as ours. Raises UnreadableRefund, and nothing else, whatever RAW is."""
    if not isinstance(raw, dict):
        raise UnreadableRefund("", [_no_object(raw)])
    fields = Fields(raw)
    external_id = fields.text("refund_id", required=True)
    status = fields.whole("refund_status_detail")
    if status is not None and status not in _REFUND_STATUS:
        fields.wrong("refund_status_detail", "unknown_status", f"{status} 不是已知状态", f"{status} is not known")
    values = {
        "platform": PLATFORM,
        "shop": shop,
        "external_id": external_id,
        "order_external_id": fields.text("order_id", required=True),
        "kind": _REFUND_KIND.get(fields.text("refund_type"), "unknown"),
        "amount": fields.yuan("refund_fee", required=True),
        "asked_at": fields.moment("refund_create_time", required=True),
        "customer_account": fields.text("user_account"),
        "reason": fields.text("refund_reason", most=200),
        "remark": fields.text("user_comment", most=4000) or fields.text("refund_desc", most=4000),
        "carrier": fields.text("express_company_name", most=60),
        "waybill": fields.text("express_no"),
        "lines": [_refund_line(number, row) for number, row in enumerate(fields.rows("refund_skus"), start=1)],
        "platform_status": str(status),
        "status": _REFUND_STATUS.get(status or 0),
    }
    found = None if fields.faults else fields.built(IncomingRefund, values, _REFUND)
    if found is None:
        raise UnreadableRefund(external_id[:128], fields.faults)
    return found


def _values(fields: Fields, lines: list[IncomingLine]) -> dict[str, Any]:
    status = fields.whole("order_status")
    if status is not None and status not in _STATUS:
        fields.wrong("order_status", "unknown_status", f"{status} 不是已知状态", f"{status} is not known")
    return {
        "platform": PLATFORM,
        "kind": kind_of(lines),
        "status": _STATUS.get(status or 0),
        "placed_at": fields.moment("order_time", required=True),
        "paid_at": fields.moment("pay_success_time"),
        "promised_on": _day(fields.moment("pre_deliver_time")),
        "customer_account": fields.text("buyer_account"),
        "customer_phone": fields.text("buyer_phone"),
        "receiver": _receiver(fields),
        "identity": _identity(fields),
        "payment_terms": fields.text("pay_method_name", most=200) or fields.text("pay_method_subname", most=200),
        "buyer_remark": fields.text("order_buyer_remark", most=4000),
        "seller_remark": fields.text("order_business_remark", most=4000),
        "invoice": _invoice(fields),
        **_amounts(fields, lines),
    }


def _amounts(fields: Fields, lines: list[IncomingLine]) -> dict[str, Decimal]:
    goods = sum((line.amount for line in lines), ZERO)
    freight, tax = fields.yuan("express_fee"), fields.yuan("tax_fee")
    total = fields.yuan("order_real_price", required=True)
    left = goods + freight + tax - total
    rounding = abs(left) <= tolerance(len(lines))
    return {
        "goods_amount": goods,
        "freight": freight,
        "tax": tax,
        "discount": ZERO if rounding else max(ZERO, left),
        "total": total,
    }


def _receiver(fields: Fields) -> Receiver | None:
    values = {ours: fields.text(theirs, required=ours == "name") for ours, theirs in _RECEIVER.items()}
    return fields.built(Receiver, values, _RECEIVER)


def _identity(fields: Fields) -> Identity | None:
    values = {"name": fields.text("cert_name", most=60), "number": fields.text("cert_id_no")}
    if not any(values.values()):
        return None
    return fields.built(Identity, values, {"name": "cert_name", "number": "cert_id_no"})


def _invoice(fields: Fields) -> Invoice | None:
    if fields.text("need_invoice") != "1":
        return None
    names = {"title": "invoice_title", "taxpayer_no": "taxpayer_no", "amount": "invoice_amount"}
    values = {
        "title": fields.text("invoice_title", most=200),
        "taxpayer_no": fields.text("taxpayer_no"),
        "amount": fields.yuan("invoice_amount"),
    }
    return fields.built(Invoice, values, names)


def _line(number: int, row: Fields) -> IncomingLine | None:
    outer = row.text("sku_outer_id")
    category = category_of(outer)
    values = {
        "number": number,
        "sku": row.text("sku_key"),
        "outer_sku": outer,
        "name": row.text("product_name", required=True, most=200),
        "category": category,
        "kind": kind_of_category(category),
        "quantity": row.whole("count"),
        "unit_price": row.yuan("origin_price", required=True),
        "discount": row.yuan("activity_totle_amount") + row.yuan("coupon_totle_amount"),
        "amount": row.yuan("real_totle_price", required=True),
    }
    return row.built(IncomingLine, values, _LINE)


def _refund_line(number: int, row: Fields) -> IncomingRefundLine | None:
    values = {
        "number": number,
        "sku": row.text("sku_key"),
        "outer_sku": row.text("sku_outer_id"),
        "name": row.text("item_name", most=200),
        "quantity": row.whole("refund_count", required=False) or 0,
    }
    return row.built(IncomingRefundLine, values, {"sku": "sku_key", "name": "item_name", "quantity": "refund_count"})


def _day(found: datetime | None) -> date | None:
    return found.date() if found else None


def _no_object(raw: object) -> Fault:
    kind = type(raw).__name__
    return Fault("", "no_object", f"应为对象，实为 {kind}", f"is {kind}, not an object", "", "")
