"""The platform changes an order that nobody has accepted yet (clause 2.1.2)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition import taking_in
from jiedan.acquisition.incoming import IncomingOrder
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.orders.models import Order


@action(
    _("Update order"),
    clause="2.1.2",
    on=Order,
    by={Role.SYSTEM},
    when={OrderStage.UNROUTED, OrderStage.ROUTED, OrderStage.CANCELLING},
    private=IncomingOrder.model_fields,
)
def update_order(order: Order, data: IncomingOrder, ctx: Context) -> None:
    """Bring an order that nobody has accepted yet up to what the platform now says."""
    before = order.source_hash
    ctx.note(**taking_in.revise(order, data), source_hash_before=before)
