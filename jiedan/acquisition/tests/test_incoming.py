"""What every connector turns its messages into: checked, bounded, comparable."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from jiedan.acquisition.incoming import IncomingLine, IncomingOrder, IncomingRefund, kind_of
from tests.cast import incoming

LINE = {"number": 1, "name": "灯", "quantity": 2, "unit_price": "10", "discount": "0.50", "amount": "19.50"}


def wrong(**changes: Any) -> dict[str, str]:
    with pytest.raises(ValidationError) as refused:
        incoming(**changes)
    return {".".join(map(str, error["loc"])): error["msg"] for error in refused.value.errors()}


def order(**changes: Any) -> IncomingOrder:
    return incoming(**{"lines": [LINE], "goods_amount": "19.50", "total": "19.50"} | changes)


def test_amounts_are_decimals_of_two_places_and_moments_utc() -> None:
    found = order(freight="5", total=Decimal("24.5"), promised_on=date(2026, 10, 1))
    assert (found.freight, str(found.total), found.placed_at.tzinfo) == (Decimal("5.00"), "24.50", UTC)


def test_a_wrong_sum_of_the_lines_names_the_goods_amount() -> None:
    found = wrong(lines=[LINE], goods_amount="19.53", total="19.53")
    assert found == {"goods_amount": "Value error, the lines sum up to 19.50, the order says 19.53"}


def test_a_wrong_total_names_the_total() -> None:
    found = wrong(lines=[LINE], goods_amount="19.50", freight="8", tax="1", discount="3", total="30.00")
    assert found == {"total": "Value error, goods, freight and tax less discount give 25.50, the order says 30.00"}


def test_a_fen_a_line_and_one_more_is_rounding() -> None:
    assert order(total="19.52").total == Decimal("19.52")
    assert "total" in wrong(lines=[LINE], goods_amount="19.50", total="19.53")


@pytest.mark.parametrize("amount", [19.5, True, "19.505", "NaN", "1e3", "-1", "100000000000.00", "一百", None])
def test_what_is_no_amount_is_refused_by_name(amount: object) -> None:
    assert list(wrong(freight=amount)) == ["freight"]


@pytest.mark.parametrize("text", ["nul\x00", "bell\x07", "lone\ud800"])
def test_control_characters_and_half_characters_are_refused(text: str) -> None:
    assert list(wrong(buyer_remark=text)) == ["buyer_remark"]


@pytest.mark.parametrize(
    ("field", "length"), [("platform", 20), ("shop", 60), ("external_id", 128), ("buyer_remark", 4000)]
)
def test_texts_are_bounded(field: str, length: int) -> None:
    assert getattr(incoming(**{"external_id": "K1", field: "字" * length}), field) == "字" * length
    assert list(wrong(**{"external_id": "K1", field: "字" * (length + 1)})) == [field]


@pytest.mark.parametrize("quantity", ["2", 2.0, True, 0, 1_000_001])
def test_quantities_are_whole_numbers_of_at_least_one(quantity: object) -> None:
    with pytest.raises(ValidationError, match="quantity"):
        IncomingLine.model_validate({**LINE, "quantity": quantity})


def test_a_time_without_zone_or_out_of_this_century_is_refused() -> None:
    assert list(wrong(placed_at="2026-09-18T10:00:00")) == ["placed_at"]
    assert list(wrong(paid_at=datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=8))))) == ["paid_at"]


def test_the_hash_is_the_same_for_the_same_order_however_it_is_written() -> None:
    second = {**LINE, "number": 2, "name": "罩"}
    plain = order(lines=[LINE, second], goods_amount="39", total="39.00")
    moment = plain.placed_at.astimezone(timezone(timedelta(hours=8)))
    other = order(
        lines=[{**second, "number": 1}, {**LINE, "number": 2}], goods_amount="39.00", total="39", placed_at=moment
    )
    assert plain.content_hash() == other.content_hash()


@pytest.mark.parametrize(
    "change", [{"buyer_remark": "加急"}, {"total": "19.49"}, {"promised_on": date(2026, 10, 2)}, {"shop": "x"}]
)
def test_the_hash_changes_with_what_matters(change: dict[str, Any]) -> None:
    assert order().content_hash() != order(**change).content_hash()


def test_the_status_is_not_part_of_the_hash() -> None:
    assert order().content_hash() == order(status="cancelled").content_hash()


def test_goods_and_services_together_make_a_mixed_order() -> None:
    goods = IncomingLine.model_validate(LINE)
    service = IncomingLine.model_validate({**LINE, "kind": "service"})
    assert [kind_of([goods]), kind_of([service]), kind_of([goods, service])] == ["product", "service", "mixed"]


def test_a_refund_is_hashed_with_its_status() -> None:
    values: dict[str, Any] = {
        "platform": "kaola", "shop": "hangzhou", "external_id": "R1", "order_external_id": "K1", "amount": "9.9",
        "asked_at": datetime(2026, 9, 18, tzinfo=UTC), "platform_status": "1", "status": "asked",
    }  # fmt: skip
    asked = IncomingRefund.model_validate(values)
    done = IncomingRefund.model_validate({**values, "platform_status": "10", "status": "done"})
    assert asked.content_hash() != done.content_hash()
    assert asked.content_hash() == IncomingRefund.model_validate({**values, "amount": "9.90"}).content_hash()
