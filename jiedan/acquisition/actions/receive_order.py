"""The platform's order arrives (clause 2.1.2)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition import taking_in
from jiedan.acquisition.clocks import ACCEPT, ROUTE
from jiedan.acquisition.incoming import IncomingOrder
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.births import Newborn
from jiedan.kernel.dispatch import Context
from jiedan.orders.models import Order


@action(
    _("Receive order"),
    clause="2.1.2",
    on=Order,
    by={Role.SYSTEM},
    births=True,
    many=True,
    to=taking_in.stage_of,
    starts=[ACCEPT, ROUTE],
    private=IncomingOrder.model_fields,
)
def receive_order(data: list[IncomingOrder], ctx: Context) -> list[Newborn]:
    """Put an order that a platform sent on file, route it to a department and start the time to accept it."""
    return taking_in.arrivals(data, ctx.now)
