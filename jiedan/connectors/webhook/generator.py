"""Believable orders in the published schema, the same for the same seed; nobody in them exists."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from jiedan.connectors import china_time
from jiedan.connectors.skus import category_of, kind_of_category
from jiedan.connectors.yanxuan import generator as ingredients


def make_orders(count: int, seed: int, until: datetime, span: timedelta = timedelta(hours=20)) -> list[dict[str, Any]]:
    """COUNT orders paid within SPAN before UNTIL, oldest first."""
    return [_order(found) for found in ingredients.make_orders(count, seed, until, span)]


def _order(found: dict[str, Any]) -> dict[str, Any]:
    lines = [_line(number, line) for number, line in enumerate(found["orderSkus"], start=1)]
    goods = sum((Decimal(line["amount"]) for line in lines), Decimal(0))
    kinds = {line["kind"] for line in lines}
    return {
        "external_id": "W" + found["orderId"].removeprefix("YX"),
        "kind": "mixed" if len(kinds) > 1 else kinds.pop(),
        "placed_at": _moment(found["submitTime"]),
        "paid_at": _moment(found["payTime"]),
        "customer_account": found["buyerAccount"],
        "receiver": {
            "name": found["receiverName"], "phone": found["receiverMobile"],
            "province": found["receiverProvinceName"], "city": found["receiverCityName"],
            "district": found["receiverDistrictName"], "address": found["receiverAddressDetail"],
        },
        "lines": lines,
        "goods_amount": str(goods),
        "freight": found["expFee"],
        "total": str(goods + Decimal(found["expFee"])),
        "payment_terms": found["payMethod"],
    }  # fmt: skip


def _line(number: int, found: dict[str, Any]) -> dict[str, Any]:
    category = category_of(found["skuId"])
    return {
        "number": number, "sku": found["skuId"], "name": found["productName"], "category": category,
        "kind": kind_of_category(category), "quantity": found["saleCount"],
        "unit_price": found["originPrice"], "amount": found["subtotalAmount"],
    }  # fmt: skip


def _moment(text: str) -> str:
    return china_time.moment(text).isoformat()
