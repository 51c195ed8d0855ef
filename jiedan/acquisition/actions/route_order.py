"""An order that no rule fits is given to a department (clauses 2.1.2, 1.3.4)."""

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
    _("Route order"),
    clause="2.1.2",
    on=Order,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD, Role.DECISION_MAKER},
    when={OrderStage.UNROUTED},
    to=OrderStage.ROUTED,
    stops={"route_order"},
    starts=[ACCEPT],
)
def route_order(order: Order, data: ToDepartment, ctx: Context) -> None:
    """Give an order that no routing rule fits to the department that is to accept it, and say why."""
    order.department = data.other_than(order.department_id)
    order.routed_by = taking_in.chosen_by_hand(ctx, order.department, data.reason)
    ctx.note(ref=order.ref, summary=order.summary, department_name=order.department.name)
