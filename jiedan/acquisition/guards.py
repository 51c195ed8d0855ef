"""Conditions of this chapter's steps: each returns the sentence a person reads, or None."""

from django.utils.translation import gettext as _

from jiedan.acquisition import changes
from jiedan.acquisition.models import Listing
from jiedan.core.roles import Role
from jiedan.kernel.dispatch import Context
from jiedan.orders.models import Order


def claimed_by_me(listing: Listing, ctx: Context) -> str | None:
    """Only the one who claimed a listing works on it; the head may too."""
    if listing.claimed_by_id in (ctx.actor.staff_id, ctx.grant.on_behalf_of) or ctx.grant.role is Role.DEPARTMENT_HEAD:
        return None
    return _("%(ref)s was claimed by %(who)s.") % {"ref": listing.ref, "who": listing.claimed_by}


def change_waits(order: Order, _ctx: Context) -> str | None:
    """There has to be something to decide on."""
    if changes.pending(order) is not None:
        return None
    return _("The platform says of %(ref)s what we have; there is nothing to decide.") % {"ref": order.ref}
