"""Cancellations that came before their order: remembered, and followed when it comes (clause 2.1.2)."""

from collections.abc import Sequence

from jiedan.acquisition.models import EarlyCancel
from jiedan.kernel import among
from jiedan.kernel.among import Look
from jiedan.orders.models import Order


def cancelled(orders: Sequence[Order]) -> dict[int, str]:
    """Which of these new orders were cancelled before they came, and why; what was remembered is settled by it."""
    by_place = {(order.channel, order.shop, order.external_id): order for order in orders}
    numbers = [number for _channel, _shop, number in by_place]
    (keys,) = among.keys(Look(EarlyCancel, "external_id", numbers, condition="settled_at IS NULL"))
    found: dict[int, str] = {}
    if not keys:
        return found
    for row in EarlyCancel.objects.filter(pk__in=keys):
        order = by_place.get((row.platform, row.shop, row.external_id))
        if order is not None:
            EarlyCancel.objects.filter(pk=row.pk).update(settled_at=order.received_at)
            found[order.pk] = row.reason or "平台在推送订单之前已取消"
    return found
