"""What a message about an order means: new, unchanged, changed, cancelled; decided in one place (clause 2.1.2).

One order for each platform, shop and external number: the database's constraint decides between two who bring the
same one at once, and the loser looks again.
"""

from enum import StrEnum

from django.db import IntegrityError

from jiedan.acquisition.incoming import IncomingOrder
from jiedan.core.lifecycle import OrderStage
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Refused
from jiedan.orders import access
from jiedan.orders.models import Order
from jiedan.people.actor import SYSTEM


class Outcome(StrEnum):
    """What became of a message."""

    CREATED = "created"
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    CANCELLED = "cancelled"


def take_in(incoming: IncomingOrder, channel: str = "connector") -> Outcome:
    """Make of a message what it means; the same message again changes nothing."""
    for _attempt in range(3):
        order = _known(incoming)
        try:
            return _bring(incoming, channel) if order is None else _follow(order, incoming, channel)
        except (IntegrityError, Refused):
            # Somebody brought or moved the same order in this moment: look again at what stands there now.
            continue
    raise Refused(f"{incoming.platform} {incoming.external_id}: it keeps changing; try again")


def _known(incoming: IncomingOrder) -> Order | None:
    rows = access.visible(SYSTEM, Order)
    return rows.filter(channel=incoming.platform, shop=incoming.shop, external_id=incoming.external_id).first()


def _bring(incoming: IncomingOrder, channel: str) -> Outcome:
    dispatch("acquisition.receive_order", SYSTEM, incoming, channel=channel)
    order = _known(incoming)
    if order is not None and incoming.status != "paid":
        _follow_status(order, incoming, channel)
    return Outcome.CREATED


def _follow(order: Order, incoming: IncomingOrder, channel: str) -> Outcome:
    outcome = Outcome.UNCHANGED
    if incoming.content_hash() not in (order.source_hash, order.noted_hash) and order.stage != OrderStage.CANCELLED:
        early = order.stage in (OrderStage.UNROUTED, OrderStage.ROUTED)
        step = "acquisition.update_order" if early else "acquisition.note_change"
        dispatch(step, SYSTEM, incoming, subject=order, channel=channel)
        outcome = Outcome.CHANGED
    moved = _follow_status(order, incoming, channel)
    return moved or outcome


def _follow_status(order: Order, incoming: IncomingOrder, channel: str) -> Outcome | None:
    stage = order.stage
    if incoming.status == "cancelled" and stage != OrderStage.CANCELLED:
        return _take(order, "acquisition.cancel_order", "平台已取消", channel, Outcome.CANCELLED)
    if incoming.status == "cancel_requested" and stage not in (OrderStage.CANCELLING, OrderStage.CANCELLED):
        return _take(order, "acquisition.request_cancel", "客户在平台申请取消", channel, Outcome.CHANGED)
    if incoming.status == "paid" and stage == OrderStage.CANCELLING:
        return _take(order, "acquisition.withdraw_cancel", "平台显示订单继续有效", channel, Outcome.CHANGED)
    return None


def _take(order: Order, step: str, reason: str, channel: str, outcome: Outcome) -> Outcome:
    dispatch(step, SYSTEM, {"reason": reason}, subject=order, channel=channel)
    return outcome
