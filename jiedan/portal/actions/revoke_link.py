"""A customer's link went to the wrong person, or must not be used any more (clause 6.2.4)."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jiedan.core.lifecycle import AFTER_ACCEPTANCE, OrderStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.orders.models import Order
from jiedan.portal import links
from jiedan.portal.choosing import AboutLinkWhy, wrong
from jiedan.portal.guards import has_living_links


@action(
    _("Revoke link"),
    clause="6.2.4",
    on=Order,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD, Role.AFTER_SALES},
    when=AFTER_ACCEPTANCE | {OrderStage.CANCELLING},
    guards=[has_living_links],
)
def revoke_link(order: Order, data: AboutLinkWhy, ctx: Context) -> None:
    """Let a link lead nowhere from now on, and say why; what was done through it stays."""
    link = data.of(order)
    if links.ended(link, ctx.now) is not None:
        raise wrong(gettext("This link leads nowhere any more."))
    link.revoked_at, link.revoked_because = ctx.now, data.reason
    link.save(update_fields=["revoked_at", "revoked_because"])
    ctx.note(ref=order.ref, purpose=link.purpose)
