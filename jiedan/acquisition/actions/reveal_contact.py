"""Somebody needs to see who the receiver is (clause 6.2.4)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition.entry import Reason
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.orders.contacts import contact_of
from jiedan.orders.models import Order


@action(
    _("Reveal contact"),
    clause="6.2.4",
    on=Order,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD, Role.AFTER_SALES},
    when=set(OrderStage),
    quiet=True,
)
def reveal_contact(order: Order, data: Reason, ctx: Context) -> dict[str, str]:
    """See the receiver's name, telephone and address in full; that you did, and why, goes on record."""
    found = contact_of(order)
    ctx.note(ref=order.ref, revealed=sorted(found))
    return found
