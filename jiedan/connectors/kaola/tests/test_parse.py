"""Kaola's order and refund as ours: tolerant in form, every wrong field named, nothing else ever raised."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jiedan.acquisition.incoming import Identity, IncomingOrder, IncomingRefund, Invoice
from jiedan.connectors.fields import UnreadableMessage
from jiedan.connectors.kaola import protocol
from jiedan.connectors.kaola.generator import make_orders
from jiedan.connectors.kaola.parse import UnreadableOrder, UnreadableRefund, parse_order, parse_refund
from tests.cast import FRIDAY

SKU = {
    "sku_key": "K-1", "sku_outer_id": "家居/灯具-0042", "product_name": "落地灯", "origin_price": "199.00", "count": 2,
    "activity_totle_amount": "8.00", "coupon_totle_amount": "10.00", "real_totle_price": "380.00", "goods_no": "G1",
}  # fmt: skip
ORDER: dict[str, Any] = {
    "order_id": "2026091817100000001", "order_status": 1, "buyer_account": "kaola_1", "buyer_phone": "15400000001",
    "receiver_name": "欧阳青", "receiver_phone": "15400000002", "receiver_province_name": "浙江省",
    "receiver_city_name": "杭州市", "receiver_district_name": "西湖区", "receiver_address_detail": "文三路 1 号",
    "receiver_post_code": "310000", "order_time": "2026-09-18 17:00:00", "pay_success_time": "2026-09-18 17:10:00",
    "order_real_price": "395.00", "order_origin_price": "408.00", "express_fee": "10.00", "coupon_amount": "10.00",
    "tax_fee": "5.00", "pay_method_name": "支付宝", "need_invoice": 0, "presale_order": 0,
    "order_buyer_remark": "周末送货", "order_business_remark": None, "order_skus": [SKU],
}  # fmt: skip
REFUND: dict[str, Any] = {
    "refund_id": "R1", "order_id": "2026091817100000001", "refund_status_detail": 1, "refund_fee": "99.5",
    "refund_type": 1, "refund_reason": "质量问题", "refund_create_time": "2026-09-18 17:20:00",
    "user_account": "kaola_1", "user_comment": "灯罩有裂纹",
    "refund_skus": [{"sku_key": "K-1", "item_name": "落地灯", "refund_count": "1"}],
}  # fmt: skip


def order(**changes: Any) -> IncomingOrder:
    return parse_order({**ORDER, **changes}, "hangzhou")


def faults(**changes: Any) -> dict[str, str]:
    with pytest.raises(UnreadableOrder) as refused:
        order(**changes)
    return {fault.field: fault.code for fault in refused.value.faults}


def test_an_order_is_carried_over_field_by_field() -> None:
    found = order()
    line = found.lines[0]
    assert (found.platform, found.shop, found.external_id, found.kind) == (
        "kaola", "hangzhou", "2026091817100000001", "product",
    )  # fmt: skip
    assert (found.placed_at, found.paid_at) == (FRIDAY - timedelta(minutes=30), FRIDAY - timedelta(minutes=20))
    assert (line.sku, line.category, line.quantity) == ("K-1", "家居/灯具", 2)
    assert (line.unit_price, line.discount, line.amount) == (Decimal("199.00"), Decimal("18.00"), Decimal("380.00"))
    assert (found.goods_amount, found.freight, found.tax, found.discount, found.total) == (
        Decimal("380.00"), Decimal("10.00"), Decimal("5.00"), Decimal("0.00"), Decimal("395.00"),
    )  # fmt: skip
    assert (found.receiver.name, found.receiver.district, found.payment_terms) == ("欧阳青", "西湖区", "支付宝")
    assert (found.buyer_remark, found.seller_remark, found.invoice, found.identity) == ("周末送货", "", None, None)


def test_text_for_numbers_numbers_for_text_and_the_text_null_read_the_same() -> None:
    skus = [{**SKU, "count": "2", "origin_price": 199, "real_totle_price": Decimal("380"), "goods_no": "null"}]
    odd = order(
        order_status="1", order_real_price=395, tax_fee="5", order_business_remark="null", cert_name="null",
        receiver_post_code=310000, order_skus=skus,
    )  # fmt: skip
    assert odd == order()


@pytest.mark.parametrize(
    ("status", "meaning"),
    [(1, "paid"), (8, "paid"), (2, "paid"), (3, "paid"), (5, "cancel_requested"), (6, "cancelled")],
)
def test_each_status_has_its_meaning(status: int, meaning: str) -> None:
    assert order(order_status=status).status == meaning


@pytest.mark.parametrize("status", [0, 7, "99", -1])
def test_an_unknown_status_is_refused(status: object) -> None:
    assert faults(order_status=status) == {"order_status": "unknown_status"}


@pytest.mark.parametrize(
    "name", ["order_id", "order_status", "order_time", "order_real_price", "receiver_name", "order_skus"]
)
@pytest.mark.parametrize("gone", [None, "", "null"])
def test_each_required_field_is_missed_by_name(name: str, gone: object) -> None:
    assert list(faults(**{name: gone})) == [name]


@pytest.mark.parametrize("name", ["product_name", "count", "origin_price", "real_totle_price"])
def test_each_required_field_of_a_line_is_missed_with_its_place(name: str) -> None:
    found = faults(order_skus=[SKU, {**SKU, name: None}])
    assert found == {f"order_skus.2.{name}": "missing"}


def test_all_wrong_fields_are_named_at_once_in_both_languages() -> None:
    with pytest.raises(UnreadableOrder) as refused:
        order(express_fee="NaN", order_time="昨天", order_skus=[{**SKU, "count": "两"}, "x"])
    error = refused.value
    assert error.external_id == ORDER["order_id"]
    assert error.sentence("zh-hans") == (
        "订单 2026091817100000001：order_skus.2 应为对象，实为 str；order_skus.1.count “两”不是整数；"
        "order_time “昨***”不是 2026-09-18 17:30:00 这样的时间；express_fee “N***”不是有效金额；"
        "请在平台核对；平台改正后会自动重新读取"
    )
    assert str(error).startswith("order 2026091817100000001: order_skus.2 is str, not an object; order_skus.1.count")


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1e30", "1_000", "１２", "￥5", "1,000.00", True, [], {}])
def test_what_is_no_amount_is_refused(amount: object) -> None:
    assert list(faults(express_fee=amount)) == ["express_fee"]


def test_what_is_finer_than_a_fen_is_rounded_not_refused() -> None:
    assert order(tax_fee="5.0049", order_real_price="395.0000").tax == Decimal("5.00")
    assert order(tax_fee="5.005").tax == Decimal("5.01")


def test_what_is_left_between_the_sum_and_the_price_paid_is_the_orders_discount() -> None:
    assert order(order_real_price="385.00").discount == Decimal("10.00")
    assert order(order_real_price="394.99").discount == Decimal("0.00")


def test_a_price_above_the_sum_is_refused() -> None:
    assert faults(order_real_price="400.00") == {"order_real_price": "value_error"}


def test_a_negative_amount_is_refused_under_the_platforms_name() -> None:
    assert faults(order_real_price="-1.00") == {"order_real_price": "greater_than_equal"}
    assert faults(order_skus=[{**SKU, "real_totle_price": "-1"}]) == {
        "order_skus.1.real_totle_price": "greater_than_equal"
    }


def test_services_and_mixed_orders_are_told_by_the_sku() -> None:
    service = {**SKU, "sku_outer_id": "服务/安装-0001"}
    assert order(order_skus=[service]).kind == "service"
    both = order(order_skus=[SKU, service], order_real_price="775.00")
    assert (both.kind, [line.category for line in both.lines]) == ("mixed", ["家居/灯具", "服务/安装"])
    assert order(order_skus=[{**SKU, "sku_outer_id": "服务器-1"}]).kind == "product"
    assert order(order_skus=[{**SKU, "sku_outer_id": None}]).lines[0].category == ""


def test_identity_invoice_and_presale_are_carried_over() -> None:
    found = order(
        cert_name="欧阳青", cert_id_no="990000190001010010", need_invoice="1", invoice_title="示例公司",
        taxpayer_no="9900", invoice_amount="395", presale_order=1, pre_deliver_time="2026-10-08 23:30:00",
    )  # fmt: skip
    assert found.identity == Identity(name="欧阳青", number="990000190001010010")
    assert found.invoice == Invoice(title="示例公司", taxpayer_no="9900", amount=Decimal("395"))
    assert found.promised_on == date(2026, 10, 8)


@pytest.mark.parametrize(
    "changes",
    [
        {"cert_name": "\x01"},
        {"cert_id_no": "9" * 31},
        {"need_invoice": 1, "taxpayer_no": "\x02"},
        {"need_invoice": 1, "invoice_amount": "100000000000"},
        {"buyer_account": "x" * 129},
        {"order_buyer_remark": "\x07"},
        {"order_time": "0001-01-01 00:00:00"},
        {"pay_success_time": "9999-12-31 23:59:59"},
    ],
)
def test_impossible_values_are_faults_of_their_field_and_stop_nothing_else(changes: dict[str, Any]) -> None:
    assert list(faults(**changes)) == [list(changes)[-1]]


@pytest.mark.parametrize("raw", [None, "null", 5, [], True])
def test_what_is_no_object_is_refused(raw: object) -> None:
    with pytest.raises(UnreadableOrder, match="not an object"):
        parse_order(raw, "hangzhou")
    with pytest.raises(UnreadableRefund, match="not an object"):
        parse_refund(raw, "hangzhou")


def test_every_generated_order_can_be_read() -> None:
    for raw in make_orders(300, seed=11, until=FRIDAY):
        assert parse_order(raw, "hangzhou").external_id == raw["order_id"]


PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.decimals() | st.text(max_size=60),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)
NAMES = [
    *sorted(ORDER),
    "cert_name",
    "cert_id_no",
    "invoice_title",
    "invoice_amount",
    "taxpayer_no",
    "pre_deliver_time",
]


def outcome(read: Callable[[object, str], IncomingOrder | IncomingRefund], raw: object) -> object:
    try:
        return len(read(raw, "hangzhou").content_hash())
    except UnreadableMessage as error:
        return bool(error.faults)


@PATIENT
@given(
    st.dictionaries(st.sampled_from(NAMES), ANYTHING, max_size=4),
    st.dictionaries(st.sampled_from(sorted(SKU)), ANYTHING, max_size=4),
)
def test_whatever_the_platform_sends_is_an_order_or_a_refusal(top: dict[str, Any], sku: dict[str, Any]) -> None:
    raw = {**ORDER, "need_invoice": 1, "order_skus": [{**SKU, **sku}], **top}
    assert outcome(parse_order, raw) in (64, True)


@PATIENT
@given(st.dictionaries(st.sampled_from(sorted(REFUND)), ANYTHING, max_size=4))
def test_whatever_the_platform_sends_is_a_refund_or_a_refusal(changes: dict[str, Any]) -> None:
    assert outcome(parse_refund, {**REFUND, **changes}) in (64, True)


def test_a_refund_is_carried_over() -> None:
    found = parse_refund(REFUND, "hangzhou")
    assert (found.external_id, found.order_external_id, found.kind) == ("R1", "2026091817100000001", "money_only")
    assert (found.amount, found.asked_at) == (Decimal("99.50"), protocol.moment("2026-09-18 17:20:00"))
    assert (found.status, found.platform_status, found.reason, found.remark) == ("asked", "1", "质量问题", "灯罩有裂纹")
    assert (found.lines[0].sku, found.lines[0].quantity) == ("K-1", 1)


@pytest.mark.parametrize(
    ("code", "meaning"),
    [(1, "asked"), (2, "agreed"), (3, "refused"), (4, "returning"), (5, "returning"), (6, "agreed"), (7, "agreed"),
     (8, "closed"), (9, "closed"), (10, "done"), (11, "asked"), (12, "arbitrated"), (13, "arbitrated"), (14, "closed"),
     (15, "arbitrated")],
)  # fmt: skip
def test_each_state_of_a_refund_has_its_meaning(code: int, meaning: str) -> None:
    assert parse_refund({**REFUND, "refund_status_detail": code}, "hangzhou").status == meaning


def test_a_refund_in_an_unknown_state_is_refused() -> None:
    with pytest.raises(UnreadableRefund, match="refund_status_detail 99 is not known"):
        parse_refund({**REFUND, "refund_status_detail": 99}, "hangzhou")
