"""A customer's link ended before they were done with it, or was lost (clause 2.3.1)."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jiedan.core.lifecycle import AFTER_ACCEPTANCE
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.orders.models import Order
from jiedan.portal import links
from jiedan.portal.choosing import AboutLink, wrong
from jiedan.portal.guards import has_links
from jiedan.portal.models import Link
from jiedan.portal.purposes import PURPOSES


@action(
    _("Renew link"),
    clause="2.3.1",
    on=Order,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD, Role.AFTER_SALES},
    when=AFTER_ACCEPTANCE,
    guards=[has_links],
)
def renew_link(order: Order, data: AboutLink, ctx: Context) -> None:
    """Make a new link to the same content; the old one ends. Only the newest of its purpose can be renewed."""
    old = data.of(order)
    newest = Link.objects.filter(order=order, purpose=old.purpose).order_by("-pk").first()
    purpose = PURPOSES.get(old.purpose)
    if newest is None or newest.pk != old.pk:
        raise wrong(gettext("There is a newer link for the same; renew that one."))
    if purpose is None or not purpose.renewable or purpose.over(old, ctx.now) is not None:
        raise wrong(gettext("What this link was for is over; there is nothing to renew."))
    until = ctx.now + links.lifetime(ctx.rules)
    link = links.issue(order, old.purpose, old.about, at=ctx.now, by=ctx.actor.staff_id, until=until)
    ctx.note(ref=order.ref, link=link.pk, purpose=old.purpose, instead_of=old.pk, expires_at=until.isoformat())
