"""A Yanxuan order is read tolerantly in form, and every wrong field is named."""

import json
from decimal import Decimal
from typing import Any

import pytest

from jiedan.connectors.yanxuan.parse import UnreadableOrder, order_in, parse_order
from tests.cast import shanghai

LINE = {
    "skuId": "家居/灯具-1087002", "productName": "北欧落地灯", "saleCount": 2, "originPrice": "199.00", "subtotalAmount": "398.00",
}  # fmt: skip


def order(**changes: Any) -> dict[str, Any]:
    given = {
        "orderId": "YX-1", "submitTime": "2026-09-18 17:10:00", "payTime": "2026-09-18 17:12:00",
        "buyerAccount": "yx_7", "receiverName": "欧阳青", "receiverMobile": "13812345678", "receiverPhone": "0571-88157788",
        "receiverProvinceName": "浙江省", "receiverCityName": "杭州市", "receiverDistrictName": "西湖区",
        "receiverAddressDetail": "文三路 1 号", "realPrice": "408.00", "expFee": "10.00", "payMethod": "支付宝",
        "orderSkus": [dict(LINE)],
    }  # fmt: skip
    return {name: value for name, value in {**given, **changes}.items() if value is not ...}


def lines(**changes: Any) -> list[dict[str, Any]]:
    return [{name: value for name, value in {**LINE, **changes}.items() if value is not ...}]


def faults(raw: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(UnreadableOrder) as refused:
        parse_order(raw, "hangzhou")
    return {fault.field: fault.code for fault in refused.value.faults}


def test_an_order_becomes_ours() -> None:
    found = parse_order(order(invoiceTitle="示例科技有限公司", invoiceAmount="408.00"), "hangzhou")
    assert (found.platform, found.shop, found.external_id, found.status) == ("yanxuan", "hangzhou", "YX-1", "placed")
    assert (found.placed_at, found.paid_at) == (shanghai(9, 18, 17, 10), shanghai(9, 18, 17, 12))
    assert (found.goods_amount, found.freight, found.discount, found.total) == tuple(
        map(Decimal, ("398.00", "10.00", "0.00", "408.00"))
    )
    assert (found.receiver.name, found.receiver.phone, found.receiver.city) == ("欧阳青", "13812345678", "杭州市")
    assert (found.lines[0].category, found.lines[0].quantity, found.kind) == ("家居/灯具", 2, "product")
    assert found.invoice is not None
    assert found.invoice.title == "示例科技有限公司"


def test_without_a_mobile_the_telephone_is_the_receivers() -> None:
    assert parse_order(order(receiverMobile=...), "hangzhou").receiver.phone == "0571-88157788"


def test_numbers_as_text_text_as_numbers_and_the_text_null_are_understood() -> None:
    bent = order(
        orderId=900719925474, realPrice=Decimal("408.0"), expFee="10", receiverPhone="null", invoiceTitle="null", buyerAccount=None,
        orderSkus=lines(skuId=1087002, saleCount="2", originPrice=199, couponTotalAmount="null"),
    )  # fmt: skip
    found = parse_order(bent, "hangzhou")
    assert (found.external_id, found.total, found.invoice) == ("900719925474", Decimal("408.00"), None)
    assert (found.lines[0].sku, found.lines[0].quantity, found.lines[0].category) == ("1087002", 2, "")


def test_what_nobody_sees_makes_no_number_another() -> None:
    bent = order(orderId="\ufeffYX-\u200b1 ", receiverMobile="\u202d13812345678\u202c")
    assert parse_order(bent, "hangzhou").content_hash() == parse_order(order(), "hangzhou").content_hash()


def test_unknown_fields_change_nothing() -> None:
    bent = order(newField={"deep": [1]}, orderSkus=lines(warehouse="HZ01"))
    assert parse_order(bent, "hangzhou").content_hash() == parse_order(order(), "hangzhou").content_hash()


@pytest.mark.parametrize(
    ("real", "coupon", "activity"), [("388.00", "20.00", "0"), ("388.00", "20", "30"), ("358.00", "20.00", "30.00")]
)
def test_what_coupons_or_activities_make_up_for_is_the_discount(real: str, coupon: str, activity: str) -> None:
    bent = order(realPrice=real, orderSkus=lines(couponTotalAmount=coupon, activityTotalAmount=activity))
    found = parse_order(bent, "hangzhou")
    assert found.discount == Decimal("408.00") - Decimal(real)
    assert found.total == Decimal(real)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"orderId": ...}, {"orderId": "missing"}),
        ({"orderId": "null"}, {"orderId": "missing"}),
        ({"orderId": "\u200b \ufeff"}, {"orderId": "missing"}),
        ({"orderId": "A" * 129}, {"orderId": "string_too_long"}),
        ({"orderId": ["A"]}, {"orderId": "not_text"}),
        ({"orderId": True}, {"orderId": "not_text"}),
        ({"submitTime": ...}, {"submitTime": "missing"}),
        ({"payTime": "yesterday"}, {"payTime": "not_a_time"}),
        ({"payTime": "1970-01-01 00:00:00"}, {"payTime": "impossible_time"}),
        ({"receiverName": " "}, {"receiverName": "missing"}),
        ({"receiverName": "青" * 61}, {"receiverName": "string_too_long"}),
        ({"receiverName": "a\u0001b"}, {"receiverName": "value_error"}),
        ({"realPrice": ...}, {"realPrice": "missing"}),
        ({"realPrice": "-408.00"}, {"realPrice": "does_not_sum"}),
        ({"realPrice": "NaN"}, {"realPrice": "not_money"}),
        ({"realPrice": "1e400"}, {"realPrice": "not_money"}),
        ({"realPrice": "999999999999999"}, {"realPrice": "not_money"}),
        ({"realPrice": "¥408"}, {"realPrice": "not_money"}),
        ({"realPrice": "399.00"}, {"realPrice": "does_not_sum"}),
        ({"realPrice": "409.00"}, {"realPrice": "does_not_sum"}),
        ({"expFee": "-10.00", "realPrice": "388.00"}, {"expFee": "greater_than_equal"}),
        ({"orderSkus": ...}, {"orderSkus": "no_list"}),
        ({"orderSkus": []}, {"orderSkus": "no_list"}),
        ({"orderSkus": {}}, {"orderSkus": "no_list"}),
        ({"orderSkus": ["x"]}, {"orderSkus.1": "no_object"}),
        ({"orderSkus": lines(skuId=...)}, {"orderSkus.1.skuId": "missing"}),
        ({"orderSkus": lines(productName="null")}, {"orderSkus.1.productName": "missing"}),
        ({"orderSkus": lines(saleCount=0)}, {"orderSkus.1.saleCount": "greater_than_equal"}),
        ({"orderSkus": lines(saleCount=-2)}, {"orderSkus.1.saleCount": "greater_than_equal"}),
        ({"orderSkus": lines(saleCount="two")}, {"orderSkus.1.saleCount": "not_whole"}),
        ({"orderSkus": lines(saleCount=10**7)}, {"orderSkus.1.saleCount": "less_than_equal"}),
        ({"orderSkus": lines(originPrice="-1")}, {"orderSkus.1.originPrice": "greater_than_equal"}),
        ({"orderSkus": lines(subtotalAmount=...)}, {"orderSkus.1.subtotalAmount": "missing"}),
        ({"orderSkus": lines(subtotalAmount="500.00")}, {"orderSkus.1.subtotalAmount": "too_much"}),
    ],
)  # fmt: skip
def test_each_wrong_field_is_named(changes: dict[str, Any], expected: dict[str, str]) -> None:
    assert faults(order(**changes)) == expected


def test_one_look_names_all_wrong_fields_in_both_languages() -> None:
    with pytest.raises(UnreadableOrder) as refused:
        parse_order(order(payTime="x", receiverName=..., orderSkus=lines(saleCount="x")), "hangzhou")
    assert {fault.field for fault in refused.value.faults} == {"payTime", "receiverName", "orderSkus.1.saleCount"}
    assert "receiverName is missing" in refused.value.sentence("en")
    assert refused.value.sentence("zh").startswith("订单 YX-1：")
    assert refused.value.sentence("zh").endswith("请改正后重新推送")


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (None, "order_unreadable"),
        ("", "order_unreadable"),
        ("null", "order_unreadable"),
        ('"null"', "order_unreadable"),
        ("[]", "order_unreadable"),
        ("7", "order_unreadable"),
        ('{"orderId":', "json_refused"),
        ('{"orderId": "A", "orderId": "B"}', "json_refused"),
        ('{"realPrice": NaN}', "json_refused"),
        ('{"realPrice": 1e999}', "json_refused"),
        ("[" * 100_000, "json_refused"),
        ('{"orderId": "\\ud800"}', "json_refused"),
        ('{"orderId": "\\u0000"}', "json_refused"),
    ],
)
def test_what_is_no_json_object_is_refused(text: str | None, cause: str) -> None:
    with pytest.raises(UnreadableOrder) as refused:
        order_in(text)
    assert refused.value.cause == cause
    assert [fault.field for fault in refused.value.faults] == ["order"]


def test_json_numbers_keep_their_decimals() -> None:
    text = json.dumps(order()).replace('"408.00"', "408.00")
    assert parse_order(order_in(text), "hangzhou").total == Decimal("408.00")


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        ("408.001.2", "“408.001.2”"),
        ("13812345678x", "“1***”"),
        ("0571-88157788", "“0***”"),
        ("欧阳青", "“欧***”"),
    ],
)
def test_a_reason_quotes_a_wrong_amount_and_only_hints_at_what_may_be_personal(value: str, quoted: str) -> None:
    with pytest.raises(UnreadableOrder) as refused:
        parse_order(order(realPrice=value), "hangzhou")
    assert f"realPrice {quoted}不是有效金额" in refused.value.sentence("zh")
    assert f"realPrice {quoted} is no amount" in refused.value.sentence("en")
