"""Somebody reads an order (clause 2.1.2)."""

from django.utils.translation import gettext_lazy as _

from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import BUSINESS
from jiedan.kernel.action import Nothing, action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.receipts import mark_read, not_read_yet
from jiedan.orders.models import Order


@action(
    _("Mark as read"),
    clause="2.1.2",
    on=Order,
    by=BUSINESS,
    when=set(OrderStage),
    guards=[not_read_yet],
    quiet=True,
)
def read_order(order: Order, data: Nothing, ctx: Context) -> None:
    """Put on record that you have read the order; opening its page does this for you."""
    mark_read(order, ctx.actor, ctx.now)
    ctx.note(ref=order.ref)
