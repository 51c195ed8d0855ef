"""What has to be so before a step of this room, with the sentence for when it isn't."""

from django.utils.translation import gettext as _

from jiedan.kernel.dispatch import Context
from jiedan.orders.models import Order
from jiedan.portal import links
from jiedan.portal.models import Link


def living(order: Order, ctx: Context) -> list[Link]:
    """The order's links that lead somewhere."""
    return [link for link in order.portal_links.all() if links.ended(link, ctx.now) is None]


def has_links(order: Order, _ctx: Context) -> str | None:
    """The customer was sent a link."""
    if order.portal_links.all():
        return None
    return _("The customer of %(ref)s was sent no link yet.") % {"ref": order.ref}


def has_living_links(order: Order, ctx: Context) -> str | None:
    """There is a link that leads somewhere."""
    if living(order, ctx):
        return None
    return _("No link of %(ref)s leads anywhere now; there is nothing to revoke.") % {"ref": order.ref}


def has_one_to_send(order: Order, ctx: Context) -> str | None:
    """There is a link that leads somewhere. Whether its address can still be opened is the step's affair."""
    if living(order, ctx):
        return None
    return _("No link of %(ref)s leads anywhere now; make one or renew the old one, then send it.") % {"ref": order.ref}
