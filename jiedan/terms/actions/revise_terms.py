"""Terms that are with the customer are taken back to be changed (clause 2.3.1)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition.entry import Reason
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.orders.models import Order
from jiedan.terms import agreeing
from jiedan.terms.guards import is_offered


@action(
    _("Take terms back"),
    clause="2.3.1",
    on=Order,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD},
    when={OrderStage.NEGOTIATING},
    guards=[is_offered],
)
def revise_terms(order: Order, data: Reason, ctx: Context) -> None:
    """Take the offered terms back and begin the next version with their content; the customer's link ends."""
    agreeing.take_back(order, data.reason, ctx)
