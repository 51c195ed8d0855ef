"""The clock that begins when terms are agreed and no contract is needed; its limit is the company's value."""

from jiedan.core.lifecycle import OrderStage
from jiedan.kernel.action import Due
from jiedan.orders.models import Order


def _can_be_entered(order: Order) -> bool:
    return order.stage == OrderStage.AGREED and not order.needs_contract


CONFIRM_ORDER = Due(
    "confirm_order", clause="2.3.3", hours="entry_hours", warning="entry_warning_hours", only=_can_be_entered
)
"""To enter the confirmed order; stopped by the room `confirmation`."""
