"""An order is cancelled (clause 2.1.2)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition import changes
from jiedan.acquisition.entry import Reason
from jiedan.core.deadlines import ALL
from jiedan.core.lifecycle import ENDED, OrderStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.orders.models import Order


@action(
    _("Cancel order"),
    clause="2.1.2",
    on=Order,
    by={Role.SYSTEM, Role.DEPARTMENT_HEAD},
    when=set(OrderStage) - ENDED,
    to=OrderStage.CANCELLED,
    voids={ALL},
)
def cancel_order(order: Order, data: Reason, ctx: Context) -> None:
    """End the order because the customer no longer wants it, and say why; its open clocks lapse."""
    changes.outdate(order, ctx)
    ctx.note(ref=order.ref, summary=order.summary)
