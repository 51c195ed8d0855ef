"""Entry of the confirmed order: what is missing, contradicts itself or isn't what was agreed is named (2.3.3)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from jiedan.core.entry_checks import Entry, faults
from jiedan.core.tests.test_terms import LAMP, SHEET

WHOLE = Entry("JD260915000001", "欧*青", date(2026, 9, 15), date(2026, 9, 17), SHEET, contract_needed=False)
SIGNED = replace(WHOLE, contract_needed=True, contract=SHEET, signed_on=date(2026, 9, 18))


def agreeing(**changed: Any) -> Entry:
    """An entry whose agreed terms were damaged."""
    return replace(WHOLE, terms=replace(SHEET, **changed))


def named(entry: Entry) -> list[tuple[str, str]]:
    return [(fault.field, fault.code) for fault in faults(entry)]


@pytest.mark.parametrize("entry", [WHOLE, SIGNED, replace(SIGNED, contract_needed=False)])
def test_what_is_whole_and_agrees_may_be_entered(entry: Entry) -> None:
    assert named(entry) == []


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        (replace(WHOLE, number=""), [("number", "empty")]),
        (replace(WHOLE, customer=" "), [("customer", "empty")]),
        (replace(WHOLE, agreed_on=date(2026, 9, 14)), [("agreed_on", "dates_out_of_order")]),
        (replace(SIGNED, signed_on=date(2026, 9, 16)), [("signed_on", "dates_out_of_order")]),
        (replace(WHOLE, agreed_on=date(2026, 9, 26)), [("deliver_on", "past")]),
        (agreeing(requirements=""), [("requirements", "empty")]),
        (agreeing(acceptance=" "), [("acceptance", "empty")]),
        (agreeing(deliver_on=None), [("deliver_on", "empty")]),
        (agreeing(delivery=""), [("delivery", "empty")]),
        (agreeing(lines=()), [("lines", "empty"), ("total", "total_sum")]),
        (agreeing(lines=(replace(LAMP, name=""),)), [("lines.0", "bad_line")]),
        (
            agreeing(lines=(replace(LAMP, amount=Decimal("397.00")),)),
            [("lines.0.amount", "line_sum"), ("total", "total_sum")],
        ),
        (agreeing(total=Decimal("401.00")), [("total", "total_sum"), ("payment", "payment_sum")]),
        (agreeing(payment=()), [("payment", "empty")]),
        (agreeing(payment=SHEET.payment[:1]), [("payment", "payment_sum")]),
        (replace(WHOLE, contract_needed=True), [("contract", "missing")]),
        (
            replace(SIGNED, contract=replace(SHEET, requirements="三盏")),
            [("contract.requirements", "contract_differs")],
        ),
        (
            replace(SIGNED, contract=replace(SHEET, deliver_on=date(2026, 9, 30))),
            [("contract.delivery", "contract_differs")],
        ),
        (
            replace(SIGNED, contract=replace(SHEET, freight=Decimal("0.00"), total=Decimal("388.00"), payment=())),
            [("contract.price", "contract_differs"), ("contract.payment", "contract_differs")],
        ),
    ],
)
def test_what_is_wrong_is_named_by_its_field(entry: Entry, found: list[tuple[str, str]]) -> None:
    assert named(entry) == found
