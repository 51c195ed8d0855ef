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


def not_its_writer(order: Order, ctx: Context) -> str | None:
    """Whoever wrote the terms last doesn't allow what stands in them (clause 1.3.4)."""
    sheet = papers.newest(order)
    if sheet is None or sheet.saved_by_id is None or ctx.actor.staff_id != sheet.saved_by_id:
        return None
    return _("You wrote the terms of %(ref)s; nobody allows their own words. Ask another decision maker.") % {
        "ref": order.ref
    }
