"""The clocks that begin when terms are agreed; their limits are the company's values."""

from jiedan.core.lifecycle import OrderStage
from jiedan.kernel.action import Due
from jiedan.orders.models import Order


def _can_be_entered(order: Order) -> bool:
    return order.stage == OrderStage.SIGNED or (order.stage == OrderStage.AGREED and not order.needs_contract)


def _needs_contract(order: Order) -> bool:
    return order.stage == OrderStage.AGREED and bool(order.needs_contract)


CONFIRM_ORDER = Due(
    "confirm_order", clause="2.3.3", hours="entry_hours", warning="entry_warning_hours", only=_can_be_entered
)
"""To enter the confirmed order; stopped by the room `confirmation`."""

CONCLUDE_CONTRACT = Due(
    "conclude_contract", clause="2.3.2", hours="contract_hours", warning="contract_warning_hours", only=_needs_contract
)
"""To have the contract signed by both sides; stopped by the room `contract`."""
