"""The department accepts and reads an order (clause 2.1.2)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition.clocks import EVALUATE
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.kernel.action import Nothing, action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.ledger import stamp
from jiedan.kernel.receipts import first_read
from jiedan.orders.models import Order


@action(
    _("Accept order"),
    clause="2.1.2",
    on=Order,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD},
    when={OrderStage.ROUTED},
    to=OrderStage.ACCEPTED,
    stops={"accept_order"},
    starts=[EVALUATE],
)
def accept_order(order: Order, data: Nothing, ctx: Context) -> None:
    """Confirm that you have read the order and that your department takes it on."""
    order.accepted_by_id = ctx.actor.staff_id
    order.accepted_at = ctx.now
    read_at = first_read(order, ctx.actor) or ctx.now
    ctx.note(ref=order.ref, summary=order.summary, read_at=stamp(read_at))
