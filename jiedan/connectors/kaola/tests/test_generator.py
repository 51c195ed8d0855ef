"""Believable orders: the same for the same seed, adding up, and of nobody who exists."""

import re
from datetime import timedelta
from decimal import Decimal

from jiedan.connectors.kaola import protocol
from jiedan.connectors.kaola.generator import make_orders
from jiedan.connectors.kaola.parse import parse_order
from jiedan.core.masking import COMPOUND_SURNAMES
from tests.cast import FRIDAY

ORDERS = make_orders(600, seed=1, until=FRIDAY)


def test_the_same_seed_gives_the_same_orders_and_another_one_others() -> None:
    assert make_orders(5, seed=7, until=FRIDAY) == make_orders(5, seed=7, until=FRIDAY)
    assert make_orders(5, seed=7, until=FRIDAY) != make_orders(5, seed=8, until=FRIDAY)


def test_every_number_is_given_once() -> None:
    assert len({order["order_id"] for order in ORDERS}) == 600


def test_orders_are_paid_within_the_span_oldest_first() -> None:
    paid = [protocol.moment(order["pay_success_time"]) for order in ORDERS]
    assert paid == sorted(paid)
    assert FRIDAY - timedelta(hours=20, seconds=1) <= paid[0] <= paid[-1] <= FRIDAY


def test_every_orders_amounts_add_up_without_a_discount_left_over() -> None:
    assert {parse_order(order, "hangzhou").discount for order in ORDERS} == {Decimal("0.00")}
    assert any(Decimal(order["coupon_amount"]) for order in ORDERS)
    assert any(Decimal(order["tax_fee"]) for order in ORDERS)


def test_goods_services_and_mixed_orders_of_several_categories_occur() -> None:
    found = [parse_order(order, "hangzhou") for order in ORDERS]
    assert {order.kind for order in found} == {"product", "service", "mixed"}
    assert {"家居", "母婴", "美妆", "服务"} <= {line.category.split("/")[0] for order in found for line in order.lines}


def test_names_of_every_kind_occur() -> None:
    names = [order["receiver_name"] for order in ORDERS]
    assert any(name[:2] in COMPOUND_SURNAMES for name in names)
    assert any("·" in name for name in names)


def test_telephone_numbers_are_of_a_range_that_nobody_has() -> None:
    numbers = [order[name] for order in ORDERS for name in ("buyer_phone", "receiver_phone")]
    assert [number for number in numbers if not re.fullmatch(r"154\d{8}", number)] == []


def test_identity_numbers_have_an_area_that_does_not_exist_and_a_right_check_digit() -> None:
    numbers = [order["cert_id_no"] for order in ORDERS if order["cert_id_no"]]
    weights = [2 ** (17 - place) % 11 for place in range(17)]
    digits = ["10X98765432"[sum(int(n) * w for n, w in zip(number, weights, strict=False)) % 11] for number in numbers]
    assert len(numbers) > 50
    assert {number[:6] for number in numbers} == {"000000"}
    assert [number[17] for number in numbers] == digits
