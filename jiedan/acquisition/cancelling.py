"""A platform says that an order is off: at once, when somebody decides, or remembered until it comes (clause 2.1.2)."""

from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction

from jiedan.acquisition import identity
from jiedan.acquisition.models import EarlyCancel
from jiedan.core import clock
from jiedan.core.lifecycle import ENDED, OrderStage
from jiedan.kernel.dispatch import dispatch
from jiedan.orders import access
from jiedan.orders.models import Order
from jiedan.people.actor import SYSTEM

UNTOUCHED = frozenset({OrderStage.UNROUTED, OrderStage.ROUTED})
"""Nobody has accepted the order yet, so nothing stands in the way."""


class Cancelling(StrEnum):
    """Where a cancellation stands."""

    DONE = "done"
    ASKED = "asked"
    """The department is at it; its head decides."""
    AWAITED = "awaited"
    """The order isn't known yet; it will be cancelled when it comes."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Where it stands, and the order's key and number if there is one."""

    state: Cancelling
    order: int | None = None
    ref: str = ""


def cancel(platform: str, shop: str, external_id: str, reason: str, channel: str = "connector") -> Cancelled:
    """Follow a platform's cancellation. Said again, it changes nothing and is answered like before.

    An order that was accepted is never cancelled by this: its clocks stand still until the head decides. After a
    refusal it can be asked for again.
    """
    with transaction.atomic():
        # Whoever brings the order holds the same, so it can't slip in between looking and remembering.
        identity.hold([(platform, shop, external_id)])
        found = access.numbered(Order, platform, shop, [external_id]).only("pk").first()
        if found is None:
            _remember(platform, shop, external_id, reason)
            return Cancelled(Cancelling.AWAITED)
        order = Order.for_change(found.pk)
        before = order.stage
        if before in UNTOUCHED:
            _take(order, "acquisition.cancel_order", reason, channel)
        elif before not in {OrderStage.CANCELLING, *ENDED}:
            _take(order, "acquisition.request_cancel", reason, channel)
        done = before in UNTOUCHED | ENDED
        return Cancelled(Cancelling.DONE if done else Cancelling.ASKED, order.pk, order.ref)


def _remember(platform: str, shop: str, external_id: str, reason: str) -> None:
    EarlyCancel.objects.get_or_create(
        platform=platform, shop=shop, external_id=external_id, defaults={"reason": reason[:200], "at": clock.now()}
    )


def _take(order: Order, step: str, reason: str, channel: str) -> None:
    dispatch(step, SYSTEM, {"reason": reason}, subject=order, channel=channel)
