"""An order that reached the wrong department goes to the right one (clauses 2.1.2, 1.3.4)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition import taking_in
from jiedan.acquisition.clocks import ACCEPT
from jiedan.acquisition.entry import ToDepartment
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.orders.models import Order


@action(
    _("Transfer order"),
    clause="2.1.2",
    on=Order,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD},
    when={OrderStage.ROUTED},
    to=OrderStage.ROUTED,
    stops={"accept_order"},
    starts=[ACCEPT],
)
def transfer_order(order: Order, data: ToDepartment, ctx: Context) -> None:
    """Hand an order that isn't yours to the right department; its time to accept begins anew, yours is judged."""
    before = order.department
    order.department = data.other_than(order.department_id)
    order.routed_by = taking_in.chosen_by_hand(ctx, order.department, data.reason)
    ctx.note(ref=order.ref, summary=order.summary, from_department=before.name, department_name=order.department.name)
