"""The term sheet: what it says is kept to the letter, and what is wrong with it is named by field."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from jiedan.core.terms import ITEMS, Instalment, Line, Terms, When, faults

TODAY = date(2026, 9, 18)
LAMP = Line(1, "S1", "北欧落地灯", "家居/灯具", "product", 2, Decimal("199.00"), Decimal("0.00"), Decimal("398.00"))
SHEET = Terms(
    requirements="落地灯两盏，暖光",
    acceptance="通电无闪烁，外观无划痕",
    lines=(LAMP,),
    freight=Decimal("12.00"),
    tax=Decimal("0.00"),
    discount=Decimal("10.00"),
    total=Decimal("400.00"),
    deliver_on=date(2026, 9, 25),
    delivery="快递到西湖区",
    payment=(
        Instalment(When.ON_SIGNING, Decimal("100.00")),
        Instalment(When.AFTER_ACCEPTANCE, Decimal("300.00"), 7, "对公转账"),
    ),
)


def test_a_whole_sheet_has_no_faults() -> None:
    assert faults(SHEET, TODAY) == []


def test_what_is_kept_reads_back_the_same() -> None:
    assert Terms.read(SHEET.data()) == SHEET
    assert Terms.read(SHEET.data()).hash() == SHEET.hash()


def test_a_change_of_one_item_changes_its_fingerprint_and_no_other() -> None:
    later = replace(SHEET, deliver_on=date(2026, 9, 26))
    assert [item for item in ITEMS if later.item_hash(item) != SHEET.item_hash(item)] == ["delivery"]
    assert later.hash() != SHEET.hash()


def test_an_amount_written_otherwise_is_the_same_amount() -> None:
    assert replace(SHEET, total=Decimal("400")).hash() == SHEET.hash()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"requirements": " "}, [("requirements", "empty")]),
        ({"acceptance": ""}, [("acceptance", "empty")]),
        ({"delivery": ""}, [("delivery", "empty")]),
        ({"deliver_on": None}, [("deliver_on", "empty")]),
        ({"deliver_on": date(2026, 9, 17)}, [("deliver_on", "past")]),
        ({"payment": ()}, [("payment", "empty")]),
        ({"payment": (Instalment(When.PREPAID, Decimal("399.99")),)}, [("payment", "payment_sum")]),
        (
            {"payment": (Instalment(When.PREPAID, Decimal("400.00"), 3),)},
            [("payment.0.days", "days")],
        ),
        (
            {"payment": (Instalment(When.AFTER_ACCEPTANCE, Decimal("400.00")),)},
            [("payment.0.days", "days")],
        ),
        (
            {"payment": (Instalment(When.ON_ORDER, Decimal("400.00")), Instalment(When.ON_ORDER, Decimal("0.00")))},
            [("payment.1.amount", "not_positive")],
        ),
        ({"total": Decimal("401.00")}, [("total", "total_sum"), ("payment", "payment_sum")]),
        ({"lines": (replace(LAMP, quantity=0),)}, [("lines.0", "bad_line"), ("lines.0.amount", "line_sum")]),
        ({"lines": (replace(LAMP, unit_price=Decimal("200.00")),)}, [("lines.0.amount", "line_sum")]),
        ({"lines": (replace(LAMP, name=""),)}, [("lines.0", "bad_line")]),
    ],
)
def test_what_is_wrong_is_named_by_its_field(change: dict[str, object], named: list[tuple[str, str]]) -> None:
    found = faults(replace(SHEET, **change), TODAY)  # type: ignore[arg-type] # changes of different fields
    assert [(fault.field, fault.code) for fault in found] == named
    assert all(fault.place_zh for fault in found)


def test_a_sheet_without_lines_names_the_lines_and_the_total() -> None:
    found = faults(replace(SHEET, lines=()), TODAY)
    assert [(fault.field, fault.code) for fault in found] == [("lines", "empty"), ("total", "total_sum")]
