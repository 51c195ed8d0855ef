"""Capital numerals: the annex's own examples, and every amount reads back."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiedan.core.capitals import DIGITS, capitals


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "人民币零元整"),
        ("1409.50", "人民币壹仟肆佰零玖元伍角整"),
        ("6007.14", "人民币陆仟零柒元壹角肆分"),
        ("1680.32", "人民币壹仟陆佰捌拾元叁角贰分"),
        ("107000.53", "人民币壹拾万柒仟元伍角叁分"),
        ("16409.02", "人民币壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "人民币叁佰贰拾伍元零肆分"),
        ("0.05", "人民币伍分"),
        ("10", "人民币壹拾元整"),
        ("100000000", "人民币壹亿元整"),
        ("100000001.00", "人民币壹亿零壹元整"),
        ("120030400500.60", "人民币壹仟贰佰亿叁仟零肆拾万零伍佰元陆角整"),
    ],
)
def test_amounts_are_written_as_the_rules_show(amount: str, text: str) -> None:
    assert capitals(Decimal(amount)) == text


@given(st.integers(0, 10**14 - 1))
def test_every_amount_reads_back(fen: int) -> None:
    assert _read(capitals(Decimal(fen) / 100)) == fen


@pytest.mark.parametrize("amount", ["-1", "0.001", "1000000000000"])
def test_what_cant_be_written_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="capital numerals"):
        capitals(Decimal(amount))


def _read(text: str) -> int:
    places = {"拾": 10, "佰": 100, "仟": 1000}
    total = group = digit = 0
    for sign in text.removeprefix("人民币").removesuffix("整"):
        if sign in DIGITS:
            digit = DIGITS.index(sign)
        elif sign in places:
            group, digit = group + digit * places[sign], 0
        elif sign in "万亿元":
            total += (group + digit) * {"万": 10_000, "亿": 10**8, "元": 1}[sign] * 100
            group = digit = 0
        elif sign in "角分":
            total, digit = total + digit * {"角": 10, "分": 1}[sign], 0
    return total
