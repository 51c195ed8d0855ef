"""Our own history with a customer, as a likelihood and an impact (2.2.2)."""

from decimal import Decimal

import pytest

from jiedan.core.credit import History, impact, likelihood


@pytest.mark.parametrize(
    ("history", "found"),
    [
        (History(), 2), (History(1), 1), (History(1, cancelled=1), 3), (History(20, cancelled=1), 1),
        (History(10, cancelled=1, changes=1), 2), (History(10, cancelled=3), 3), (History(10, cancelled=4, changes=2), 4),
        (History(10, declined=5), 1), (History(10, late=2, disputed=1), 3),
    ],
)  # fmt: skip
def test_the_share_of_unsteady_orders_decides(history: History, found: int) -> None:
    assert likelihood(history) == found


@pytest.mark.parametrize(
    ("total", "usual", "found"),
    [("100", None, 2), ("100", "0", 2), ("100", "100", 1), ("300", "100", 2), ("301", "100", 3)],
)
def test_a_far_larger_order_than_usual_would_hurt_more(total: str, usual: str | None, found: int) -> None:
    assert impact(Decimal(total), None if usual is None else Decimal(usual)) == found
