"""The clocks that this chapter's steps start; their limits are the company's values."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from django.utils.timezone import make_aware

from jiedan.acquisition import changes
from jiedan.acquisition.models import Listing
from jiedan.core.lifecycle import AFTER_ACCEPTANCE, OrderStage
from jiedan.kernel.action import Due
from jiedan.kernel.models import Deadline
from jiedan.orders.models import Order


def _waits_for_department(order: Order) -> bool:
    return order.stage == OrderStage.UNROUTED


def _waits_for_acceptance(order: Order) -> bool:
    return order.stage == OrderStage.ROUTED


def _goes_on(order: Order) -> bool:
    # While a cancellation is decided every clock stands still, and none begins.
    return order.stage in AFTER_ACCEPTANCE


def _has_no_clock_yet(order: Order) -> bool:
    if not _goes_on(order) or changes.pending(order) is None:
        return False
    running = Deadline.objects.filter(subject_type=Order.KIND, subject_id=order.pk, name="decide_change", ended_at=None)
    return not running.exists()


def _has_agreed_day(listing: Listing) -> bool:
    return listing.next_on is not None


def _end_of_agreed_day(listing: Listing) -> datetime:
    if listing.next_on is None:
        raise TypeError(f"{listing.ref}: no day was agreed on")
    return make_aware(datetime.combine(listing.next_on + timedelta(days=1), time()))


ACCEPT = Due(
    "accept_order", clause="2.1.2", hours="accept_hours", warning="accept_warning_hours", only=_waits_for_acceptance
)
ROUTE = Due(
    "route_order", clause="2.1.2", hours="triage_hours", warning="triage_warning_hours", only=_waits_for_department
)
CONTACT = Due("contact_customer", clause="2.1.1", hours="first_contact_hours", warning="first_contact_warning_hours")
HOLD = Due("hold_listing", clause="2.1.1", hours="hold_hours", warning="hold_warning_hours")
"""To hold a claim without having contacted the customer; when it is over the listing goes back to the square."""
NEXT = Due(
    "next_contact",
    clause="2.1.1",
    hours="next_contact_hours",
    warning="next_contact_warning_hours",
    only=_has_agreed_day,
    since=_end_of_agreed_day,
)
"""For the next contact, counted from the end of the day that was agreed on; only one who was contacted has it, so it
never runs together with HOLD."""
DECIDE = Due("decide_change", clause="2.1.2", hours="change_hours", warning="change_warning_hours", only=_goes_on)
EVALUATE = Due("evaluate_order", clause="2.2.1", hours="evaluate_hours", warning="evaluate_warning_hours")
DECIDE_LATER = replace(DECIDE, only=_has_no_clock_yet)
"""For a change that came while a cancellation was being decided: its time begins when the order goes on."""
