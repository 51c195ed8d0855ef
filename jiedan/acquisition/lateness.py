"""Messages that arrive late: where a platform says when it said something, an earlier word undoes no later one (2.1.2)."""

from datetime import datetime

from django.db.models import Q

from jiedan.acquisition.incoming import IncomingOrder
from jiedan.core import clock
from jiedan.orders import access
from jiedan.orders.models import Order
from jiedan.people.actor import SYSTEM


def said_at(incoming: IncomingOrder, now: datetime) -> datetime | None:
    """When the platform said this, if it tells; the future counts as NOW, or a wrong clock would silence what follows."""
    return None if incoming.updated_at is None else min(incoming.updated_at, now)


def is_late(order: Order, incoming: IncomingOrder) -> bool:
    """Whether we have heard something newer. A message without a time is never late."""
    return incoming.updated_at is not None and order.source_at is not None and incoming.updated_at < order.source_at


def remember(order: Order, incoming: IncomingOrder) -> None:
    """Keep when the platform said this, beside the order; no step, because nothing of the order changes by it."""
    said = said_at(incoming, clock.now())
    if said is None or (order.source_at is not None and said <= order.source_at):
        return
    order.source_at = said
    rows = access.visible(SYSTEM, Order).filter(pk=order.pk)
    rows.filter(Q(source_at=None) | Q(source_at__lt=said)).update(source_at=said)
