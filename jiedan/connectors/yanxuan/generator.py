"""Believable orders in the Yanxuan channel's form, the same for the same seed; nobody in them exists."""

import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from jiedan.connectors.kaola import generator as ingredients


def make_orders(count: int, seed: int, until: datetime, span: timedelta = timedelta(hours=20)) -> list[dict[str, Any]]:
    """COUNT orders paid within SPAN before UNTIL, oldest first."""
    dice = random.Random(seed)  # noqa: S311 - believable, not secret
    moments = sorted(until - span * dice.random() for _ in range(count))
    return [make_order(dice, number, paid) for number, paid in enumerate(moments, start=1)]


def make_order(dice: random.Random, number: int, paid: datetime) -> dict[str, Any]:
    """One order, paid at PAID: goods and people as on Kaola, postage included in the price, no customs."""
    found = ingredients.make_order(dice, number, paid)
    lines = [_line(line) for line in found["order_skus"]]
    goods = sum((Decimal(line["subtotalAmount"]) for line in lines), Decimal(0))
    order = {
        "orderId": f"YX{found['order_id']}",
        "submitTime": found["order_time"],
        "payTime": found["pay_success_time"],
        "buyerAccount": found["buyer_account"].replace("kaola", "yx"),
        "receiverName": found["receiver_name"],
        "receiverMobile": found["receiver_phone"],
        "receiverPhone": found["receiver_phone"],
        "receiverProvinceName": found["receiver_province_name"],
        "receiverCityName": found["receiver_city_name"],
        "receiverDistrictName": found["receiver_district_name"],
        "receiverAddressDetail": found["receiver_address_detail"],
        "realPrice": str(goods + Decimal(found["express_fee"])),
        "expFee": found["express_fee"],
        "payMethod": found["pay_method_name"],
        "orderSkus": lines,
    }
    if found["need_invoice"]:
        order |= {"invoiceTitle": found["invoice_title"], "invoiceAmount": str(goods)}
    return order


def _line(found: dict[str, Any]) -> dict[str, Any]:
    return {
        "skuId": found["sku_outer_id"],
        "productName": found["product_name"],
        "saleCount": found["count"],
        "originPrice": found["origin_price"],
        "subtotalAmount": found["real_totle_price"],
        "couponTotalAmount": found["coupon_totle_amount"],
        "activityTotalAmount": found["activity_totle_amount"],
    }
