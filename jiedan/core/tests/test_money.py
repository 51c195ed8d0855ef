"""Amounts in yuan: exact, in range, never binary floating point."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiedan.core.money import LIMIT, NotMoney, format_yuan, yuan


@pytest.mark.parametrize(
    ("given_", "text"),
    [
        ("128.5", "128.50"),
        (" 128.50 ", "128.50"),
        ("128.5000", "128.50"),
        (128, "128.00"),
        (Decimal("0.01"), "0.01"),
        (Decimal("1E+3"), "1000.00"),
        ("-12.30", "-12.30"),
        ("+5", "5.00"),
        ("0", "0.00"),
        ("-0.00", "0.00"),
        ("99999999999.99", "99999999999.99"),
    ],
)
def test_an_amount_has_two_decimals(given_: object, text: str) -> None:
    assert str(yuan(given_)) == text


@pytest.mark.parametrize(
    ("given_", "code"),
    [
        (1.5, "not_money"),
        (float("nan"), "not_money"),
        (True, "not_money"),
        (None, "not_money"),
        ("", "not_money"),
        ("1,280.00", "not_money"),
        ("1，280", "not_money"),
        ("¥12", "not_money"),
        ("12元", "not_money"),
        ("1_000", "not_money"),
        ("１２", "not_money"),
        ("1e3", "not_money"),
        ("NaN", "not_money"),
        (Decimal("NaN"), "not_money"),
        (Decimal("-Infinity"), "not_money"),
        ("12.", "not_money"),
        (".5", "not_money"),
        ("--1", "not_money"),
        ("9" * 400, "not_money"),
        ("0.005", "too_fine"),
        (Decimal("1.001"), "too_fine"),
        ("100000000000", "out_of_range"),
        ("-99999999999.999", "out_of_range"),
        (10**15, "out_of_range"),
    ],
)
def test_what_is_no_amount_is_refused_with_its_reason(given_: object, code: str) -> None:
    with pytest.raises(NotMoney) as refused:
        yuan(given_, "total")
    (fault,) = refused.value.faults
    assert (fault.field, fault.code) == ("total", code)


def test_a_refusal_names_field_reason_and_remedy() -> None:
    with pytest.raises(NotMoney) as refused:
        yuan("12.345", "freight")
    assert refused.value.sentences("en") == ["freight: 12.345 has more than two decimals; end it with the fen"]
    assert refused.value.sentences("zh-hans") == ["freight：12.345 的小数多于两位；请精确到分"]


@pytest.mark.parametrize(
    ("amount", "text"),
    [("12345.6", "¥12,345.60"), ("0", "¥0.00"), ("-0.5", "-¥0.50"), ("99999999999.99", "¥99,999,999,999.99")],
)
def test_amounts_are_written_with_separators(amount: str, text: str) -> None:
    assert format_yuan(Decimal(amount)) == text


@given(st.integers(-int(LIMIT * 100), int(LIMIT * 100)))
def test_every_number_of_fen_survives_text_and_back(fen: int) -> None:
    amount = Decimal(fen) / 100
    assert yuan(str(yuan(amount))) == amount
