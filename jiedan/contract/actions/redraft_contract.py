"""A contract that was handed over has to be changed (clause 2.3.2)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition.entry import Reason
from jiedan.contract import concluding
from jiedan.contract.guards import handed_over
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.orders.models import Order


@action(
    _("Draw the contract up anew"),
    clause="2.3.2",
    on=Order,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD},
    when={OrderStage.AGREED},
    guards=[handed_over],
)
def redraft_contract(order: Order, data: Reason, ctx: Context) -> None:
    """Begin the next version with the text of the one that was handed over; the customer's link ends, signatures lapse."""
    concluding.draw_up_anew(order, data.reason, ctx)
