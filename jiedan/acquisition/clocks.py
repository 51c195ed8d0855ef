"""The clocks that this chapter's steps start; their limits are the company's values."""

from jiedan.core.lifecycle import OrderStage
from jiedan.kernel.action import Due
from jiedan.orders.models import Order


def _waits_for_department(order: Order) -> bool:
    return order.stage == OrderStage.UNROUTED


def _waits_for_acceptance(order: Order) -> bool:
    return order.stage == OrderStage.ROUTED


ACCEPT = Due(
    "accept_order", clause="2.1.2", hours="accept_hours", warning="accept_warning_hours", only=_waits_for_acceptance
)
ROUTE = Due(
    "route_order", clause="2.1.2", hours="triage_hours", warning="triage_warning_hours", only=_waits_for_department
)
CONTACT = Due("contact_customer", clause="2.1.1", hours="first_contact_hours", warning="first_contact_warning_hours")
