"""What was set aside is shown without persons, wherever in a message they stand (6.2.4, P-01)."""

import json
from typing import Any

import pytest

from jiedan.connectors.masked import masked


def shown(data: Any) -> Any:
    return json.loads(masked(json.dumps(data, ensure_ascii=False)))


@pytest.mark.parametrize(
    "number", ["E12345678", "110105491231002", "11010519491231002", "110105194912310021", 12345678901]
)
@pytest.mark.parametrize("under", ["identity", "certificate", "invoice", "buyer", "phones", "receiver"])
def test_a_number_of_somebody_is_never_shown(under: str, number: Any) -> None:
    told = masked(json.dumps({"data": {under: [{"number": number, "status": number, "code": number}]}}))
    assert str(number) not in told


def test_landlines_of_somebody_are_masked() -> None:
    assert shown({"phones": [{"number": "0571-88886666"}]}) == {"phones": [{"number": "0571-****66"}]}


def test_where_somebody_lives_roughly_and_what_they_pay_stays() -> None:
    told = shown(
        {"receiver": {"city": "杭州市", "province_name": "浙江省"}, "invoice": {"amount": "9.00", "kind": "paper"}}
    )
    assert told == {
        "receiver": {"city": "杭州市", "province_name": "浙江省"},
        "invoice": {"amount": "9.00", "kind": "paper"},
    }


@pytest.mark.parametrize("name", ["name_on_card", "status_of_wife", "count_name", "feedback", "time_keeper"])
def test_a_name_that_only_begins_harmless_is_not(name: str) -> None:
    assert "张三丰" not in masked(json.dumps({name: "张三丰"}, ensure_ascii=False))


def test_the_structure_of_an_order_stays_readable() -> None:
    order = {
        "order_id": "K1", "order_status": 1, "order_time": "2026-09-18 10:00:00", "express_fee": "10.00",
        "order_skus": [{"sku_key": "S1", "product_name": "北欧落地灯", "count": 2, "real_totle_price": "398.00"}],
        "placed_at": "2026-09-18T10:00:00+08:00", "promised_on": "2026-09-20", "tax": "0.00", "realPrice": "408.00",
    }  # fmt: skip
    assert shown(order) == order
