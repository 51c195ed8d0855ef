"""An order of a Yanxuan channel as ours: tolerant in form, and every wrong field is named. Money is yuan.

`realPrice` is what was paid, postage included. Whether `subtotalAmount` is before or after a line's coupon and
activity differs from client to client, so what is left between lines, postage and the price paid has to be nothing,
or exactly the coupons, the activities, or both: that is the order's discount. Anything else doesn't sum up.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from jiedan.acquisition.incoming import IncomingLine, IncomingOrder, Invoice, Receiver, kind_of, tolerance
from jiedan.connectors.fields import PUSHED, ZERO, Fields, UnreadableMessage, refused_json
from jiedan.connectors.skus import category_of, kind_of_category
from jiedan.core import strict_json
from jiedan.core.faults import Fault
from jiedan.core.money import CENT

PLATFORM = "yanxuan"
LONGEST_ID = 128

_RECEIVER = {
    "name": "receiverName",
    "phone": "receiverMobile",
    "province": "receiverProvinceName",
    "city": "receiverCityName",
    "district": "receiverDistrictName",
    "address": "receiverAddressDetail",
}
_LINE = {
    "sku": "skuId",
    "outer_sku": "skuId",
    "name": "productName",
    "category": "skuId",
    "quantity": "saleCount",
    "unit_price": "originPrice",
    "discount": "couponTotalAmount",
    "amount": "subtotalAmount",
}
_ORDER = {
    "external_id": "orderId",
    "placed_at": "submitTime",
    "paid_at": "payTime",
    "customer_account": "buyerAccount",
    "customer_phone": "receiverMobile",
    "lines": "orderSkus",
    "goods_amount": "orderSkus",
    "freight": "expFee",
    "discount": "realPrice",
    "total": "realPrice",
    "payment_terms": "payMethod",
}
"""Our fields → the channel's, under which a fault is told."""


class UnreadableOrder(UnreadableMessage):
    """A message that isn't a usable order; `cause` is stable."""

    noun = ("订单", "order")
    remedy = PUSHED

    def __init__(self, external_id: str, faults: list[Fault], cause: str = "order_unreadable") -> None:
        super().__init__(external_id, faults)
        self.cause = cause


def order_in(text: str | None) -> dict[str, Any]:
    """The JSON object in the parameter `order`. Raises UnreadableOrder."""
    if not text:
        raise UnreadableOrder("", [_fault("order", "missing", "缺失", "is missing")])
    try:
        found = strict_json.loads(text)
    except strict_json.JsonRefused as refused:
        raise UnreadableOrder("", [refused_json("order", refused)], "json_refused") from refused
    if not isinstance(found, dict):
        kind = type(found).__name__
        raise UnreadableOrder("", [_fault("order", "no_object", f"应为对象，实为 {kind}", f"is {kind}, not an object")])
    return found


def parse_order(raw: dict[str, Any], shop: str) -> IncomingOrder:
    """An order of the channel as ours. Raises UnreadableOrder, and nothing else."""
    fields = Fields(raw, remedy=PUSHED)
    external_id = fields.text("orderId", required=True)
    lines = _lines(fields)
    values = {
        "platform": PLATFORM,
        "shop": shop,
        "external_id": external_id,
        "kind": kind_of(lines),
        # A create tells of the placing; sent again after a cancellation it takes nothing back.
        "status": "placed",
        "placed_at": fields.moment("submitTime", required=True),
        "paid_at": fields.moment("payTime", required=True),
        "customer_account": fields.text("buyerAccount"),
        "customer_phone": fields.text("receiverMobile"),
        "receiver": _receiver(fields),
        "payment_terms": fields.text("payMethod", most=200),
        "invoice": _invoice(fields),
        "lines": lines,
        **_amounts(fields, lines),
    }
    found = None if fields.faults else fields.built(IncomingOrder, values, _ORDER)
    if found is None:
        raise UnreadableOrder(external_id[:LONGEST_ID], fields.faults)
    return found


def _receiver(fields: Fields) -> Receiver | None:
    values = {ours: fields.text(theirs, required=ours == "name") for ours, theirs in _RECEIVER.items()}
    values["phone"] = values["phone"] or fields.text("receiverPhone")
    return fields.built(Receiver, values, _RECEIVER)


def _invoice(fields: Fields) -> Invoice | None:
    values = {"title": fields.text("invoiceTitle", most=200), "amount": fields.yuan("invoiceAmount")}
    if not values["title"] and not values["amount"]:
        return None
    return fields.built(Invoice, values, {"title": "invoiceTitle", "amount": "invoiceAmount"})


def _lines(fields: Fields) -> list[IncomingLine]:
    rows = fields.rows("orderSkus", required=True)
    return [line for number, row in enumerate(rows, start=1) if (line := _line(number, row)) is not None]


def _line(number: int, row: Fields) -> IncomingLine | None:
    sku = row.text("skuId", required=True)
    values = {
        "number": number,
        "sku": sku,
        "outer_sku": sku,
        "name": row.text("productName", required=True, most=200),
        "category": category_of(sku),
        "kind": kind_of_category(category_of(sku)),
        "quantity": row.whole("saleCount"),
        "unit_price": row.yuan("originPrice", required=True),
        "discount": row.yuan("couponTotalAmount") + row.yuan("activityTotalAmount"),
        "amount": row.yuan("subtotalAmount", required=True),
    }
    line = row.built(IncomingLine, values, _LINE)
    if line is not None and line.amount > line.unit_price * line.quantity + CENT:
        most = line.unit_price * line.quantity
        row.wrong(
            "subtotalAmount", "too_much", f"{line.amount} 超过单价乘以数量 {most}", f"{line.amount} is more than {most}, price by count"
        )  # fmt: skip
    return line


def _amounts(fields: Fields, lines: Sequence[IncomingLine]) -> dict[str, Decimal]:
    goods = sum((line.amount for line in lines), ZERO)
    freight, total = fields.yuan("expFee"), fields.yuan("realPrice", required=True)
    left = goods + freight - total
    if not fields.faults and abs(left) > tolerance(len(lines)) and not _explained(fields, left, len(lines)):
        come = goods + freight
        fields.wrong(
            "realPrice",
            "does_not_sum",
            f"明细与运费合计 {come}，订单金额为 {total}，差额不等于优惠",
            f"lines and postage come to {come}, the order says {total}, and no discount makes the difference",
        )
    discount = left if left > tolerance(len(lines)) else ZERO
    return {"goods_amount": goods, "freight": freight, "discount": discount, "total": total}


def _explained(fields: Fields, left: Decimal, lines: int) -> bool:
    rows = fields.rows("orderSkus")
    coupons = sum((row.yuan("couponTotalAmount") for row in rows), ZERO)
    activities = sum((row.yuan("activityTotalAmount") for row in rows), ZERO)
    return any(abs(left - part) <= tolerance(lines) for part in (coupons, activities, coupons + activities))


def _fault(field: str, code: str, zh: str, en: str) -> Fault:
    return Fault(field, code, zh, en, *PUSHED)
