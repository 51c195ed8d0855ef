"""When a contract is needed (2.3.2)."""

from decimal import Decimal

import pytest

from jiedan.core.contract_need import Limits, Reason, reasons

LIMITS = Limits(Decimal("10000.00"), Decimal("3000.00"), Decimal("5000.00"))


@pytest.mark.parametrize(
    ("total", "kind", "known", "wanted", "found"),
    [
        ("9999.99", "product", True, False, []),
        ("10000.00", "product", True, False, [Reason.AMOUNT]),
        ("2999.99", "service", True, False, []),
        ("3000.00", "service", True, False, [Reason.SERVICE]),
        ("3000.00", "mixed", True, False, [Reason.SERVICE]),
        ("4999.99", "product", False, False, []),
        ("5000.00", "product", False, False, [Reason.NEW_CUSTOMER]),
        ("1.00", "product", True, True, [Reason.WANTED]),
        ("10000.00", "mixed", False, True, [Reason.WANTED, Reason.AMOUNT, Reason.SERVICE, Reason.NEW_CUSTOMER]),
    ],
)
def test_a_contract_is_needed_for_each_reason(
    total: str, kind: str, known: bool, wanted: bool, found: list[Reason]
) -> None:
    assert reasons(Decimal(total), kind, known_customer=known, wanted=wanted, limits=LIMITS) == found
