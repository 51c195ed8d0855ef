"""What has to be so before a step of this room, with the sentence for when it isn't."""

from django.utils.translation import gettext as _

from jiedan.kernel.dispatch import Context
from jiedan.orders.models import Order
from jiedan.terms import papers


def not_offered(order: Order, _ctx: Context) -> str | None:
    """No version is with the customer."""
    if papers.offered(order) is None:
        return None
    return _("The terms of %(ref)s are with the customer. Take them back to change them.") % {"ref": order.ref}


def is_offered(order: Order, _ctx: Context) -> str | None:
    """A version is with the customer."""
    if papers.offered(order) is not None:
        return None
    return _("No terms of %(ref)s are with the customer. Write the term sheet and offer it first.") % {"ref": order.ref}
