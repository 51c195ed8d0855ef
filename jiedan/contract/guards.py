"""What has to be so before a step of this room, with the sentence for when it isn't."""

from django.utils.translation import gettext as _

from jiedan.contract import papers
from jiedan.contract.models import Contract
from jiedan.kernel.dispatch import Context
from jiedan.orders.models import Order

HANDED_OVER = (Contract.SUBMITTED, Contract.PASSED, Contract.SENT, Contract.SIGNED)


def not_handed_over(order: Order, _ctx: Context) -> str | None:
    """No version is under review, with the customer, or signed."""
    if papers.in_state(order, *HANDED_OVER) is None:
        return None
    return _("The contract of %(ref)s was handed over already.") % {"ref": order.ref}


def has_draft(order: Order, _ctx: Context) -> str | None:
    """Somebody has saved a draft; before that one is drawn from the template in force by itself."""
    if papers.in_state(order, Contract.DRAFT) is not None:
        return None
    return _("No draft of a contract of %(ref)s was saved yet; opening it draws one from the template in force.") % {
        "ref": order.ref
    }


def handed_over(order: Order, _ctx: Context) -> str | None:
    """A version was handed over, so that there is something to draw up anew."""
    if papers.in_state(order, *HANDED_OVER) is not None:
        return None
    return _("No contract of %(ref)s was handed over; the draft can be edited.") % {"ref": order.ref}


def to_review(order: Order, ctx: Context) -> str | None:
    """A version waits for review, and somebody else wrote it (clause 1.3.4)."""
    row = papers.in_state(order, Contract.SUBMITTED)
    if row is None:
        return _("No contract of %(ref)s waits for review.") % {"ref": order.ref}
    return _own(row, ctx)


def not_its_author(order: Order, ctx: Context) -> str | None:
    """Whoever wrote the version that is open doesn't judge it either (clause 1.3.4)."""
    row = papers.in_state(order, *Contract.OPEN)
    return None if row is None else _own(row, ctx)


def _own(row: Contract, ctx: Context) -> str | None:
    if {ctx.actor.staff_id, ctx.grant.on_behalf_of} & set(row.authors):
        return _("Nobody reviews a contract that they wrote themselves. Ask somebody else who may.")
    return None


def passed(order: Order, _ctx: Context) -> str | None:
    """A version passed its review."""
    if papers.in_state(order, Contract.PASSED) is not None:
        return None
    return _("No contract of %(ref)s has passed its review yet.") % {"ref": order.ref}


def sent(order: Order, _ctx: Context) -> str | None:
    """A version is with the customer, unsigned."""
    if papers.in_state(order, Contract.SENT) is not None:
        return None
    return _("No contract of %(ref)s waits for the customer's signature.") % {"ref": order.ref}


def signed_by_customer(order: Order, _ctx: Context) -> str | None:
    """The customer has signed, and the company hasn't."""
    if papers.in_state(order, Contract.SIGNED) is not None:
        return None
    return _("The customer of %(ref)s hasn't signed yet.") % {"ref": order.ref}
