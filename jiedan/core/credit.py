"""What our own history with a customer says of their credit (clause 2.2.2)."""

from dataclasses import dataclass
from decimal import Decimal

FEW = 3
"""Up to so many earlier orders a customer is still little known."""


@dataclass(frozen=True, slots=True)
class History:
    """A customer's earlier orders with us: how many, for how much (yuan), how they went."""

    orders: int = 0
    volume: Decimal = Decimal("0.00")
    cancelled: int = 0
    declined: int = 0
    changes: int = 0
    """Changes that the platform sent after we had accepted."""
    late: int = 0
    """Orders paid more than a day after they were placed."""
    disputed: int = 0
    """Orders that stood although the customer asked to cancel them after we had accepted."""

    @property
    def unsteady(self) -> int:
        """All that went otherwise than agreed: cancelled, changed, paid late, disputed."""
        return self.cancelled + self.changes + self.late + self.disputed


def likelihood(history: History) -> int:
    """How likely it is that this customer fails us, on the scale of 1 to 5.

    Nobody known is a 2; from there what share of the orders went otherwise than agreed counts, for few orders
    never as more than a 3.
    """
    if history.orders == 0:
        return 2
    share = history.unsteady / history.orders
    found = 1 if share < 0.1 else 2 if share < 0.25 else 3 if share < 0.5 else 4
    return min(found, 3) if history.orders <= FEW else found


def impact(total: Decimal, usual: Decimal | None) -> int:
    """How bad it would be, on the scale of 1 to 5, by the order's TOTAL against the customer's USUAL one (yuan)."""
    if usual is None or usual == 0:
        return 2
    times = total / usual
    return 1 if times <= 1 else 2 if times <= 3 else 3
