"""Somebody gives the customer a page on which they can follow their order (clauses 1.3.2, 3.4.3)."""

from django.utils.translation import gettext_lazy as _

from jiedan.core.lifecycle import AFTER_ACCEPTANCE
from jiedan.core.roles import Role
from jiedan.kernel.action import Nothing, action
from jiedan.kernel.dispatch import Context
from jiedan.orders.models import Order
from jiedan.portal import links
from jiedan.portal.progress import PROGRESS


@action(
    _("Give the customer a link to follow the order"),
    clause="1.3.2",
    on=Order,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD, Role.AFTER_SALES},
    when=AFTER_ACCEPTANCE,
)
def share_order(order: Order, data: Nothing, ctx: Context) -> None:
    """Make a link on which the customer sees what they ordered, where it stands and what we promised; an earlier one ends."""
    until = ctx.now + links.lifetime(ctx.rules)
    link = links.issue(order, PROGRESS, "", at=ctx.now, by=ctx.actor.staff_id, until=until)
    ctx.note(ref=order.ref, link=link.pk, expires_at=until.isoformat())
