"""Somebody else at the customer reads the contract that is with them (clause 2.3.2)."""

from django.utils.translation import gettext_lazy as _

from jiedan.contract import concluding
from jiedan.contract.guards import sent
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.kernel.action import Nothing, action
from jiedan.kernel.dispatch import Context
from jiedan.orders.models import Order


@action(
    _("Give a reader at the customer a link to the contract"),
    clause="2.3.2",
    on=Order,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD},
    when={OrderStage.AGREED},
    guards=[sent],
)
def share_contract(order: Order, data: Nothing, ctx: Context) -> None:
    """Make a link on which somebody besides the signatory reads the contract and remarks on clauses, and can't sign."""
    concluding.share(order, ctx)
