"""The clocks that this chapter starts; the time to evaluate begins with acceptance (acquisition/clocks.py)."""

from jiedan.core.lifecycle import OrderStage
from jiedan.kernel.action import Due
from jiedan.orders.models import Order

DECIDE_ORDER = Due("decide_order", clause="2.2.3", hours="decide_hours", warning="decide_warning_hours")


def _negotiates(order: Order) -> bool:
    return order.stage == OrderStage.NEGOTIATING


AGREE_TERMS = Due("agree_terms", clause="2.3.1", hours="terms_hours", warning="terms_warning_hours", only=_negotiates)
"""To agree on the terms with the customer; stopped by the room `terms`."""
