"""Conditions of this chapter's steps: each returns the sentence a person reads, or None."""

from datetime import timedelta
from decimal import Decimal

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from jiedan.acquisition import changes
from jiedan.acquisition.models import Listing
from jiedan.acquisition.scopes import Judge
from jiedan.core.lifecycle import ListingStage
from jiedan.core.roles import Role
from jiedan.core.screening import Ban
from jiedan.kernel.dispatch import Context
from jiedan.orders import access
from jiedan.orders.models import Order
from jiedan.people.actor import SYSTEM


def claimed_by_me(listing: Listing, ctx: Context) -> str | None:
    """Only the one who claimed a listing works on it; the head may too."""
    if listing.claimed_by_id in (ctx.actor.staff_id, ctx.grant.on_behalf_of) or ctx.grant.role is Role.DEPARTMENT_HEAD:
        return None
    return _("%(ref)s was claimed by %(who)s.") % {"ref": listing.ref, "who": listing.claimed_by}


def may_hold_more(_listing: Listing, ctx: Context) -> str | None:
    """Nobody holds more listings at once than the company allows."""
    most = int(str(ctx.rules.procedure.amount("claims_at_once")))
    held = access.visible(SYSTEM, Listing).filter(
        claimed_by=ctx.actor.staff_id, stage__in=(ListingStage.CLAIMED, ListingStage.CONTACTED)
    )
    if held.count() < most:
        return None
    return _(
        "You hold %(most)d listings, which is the limit. Turn one into an order, release or dismiss one first."
    ) % {"most": most}


def not_prohibited(listing: Listing, ctx: Context) -> str | None:
    """Nobody goes for what the law prohibits (clause 1.3.1)."""
    found = Judge.of([listing.department_id], ctx.now).fit(listing)
    if not found.prohibited:
        return None
    hit = next(hit for hit in found.hits if hit.ban is Ban.PROHIBITED)
    return _("%(ref)s names “%(word)s”, which may not be dealt in (%(note)s). Dismiss it.") % {
        "ref": listing.ref,
        "word": hit.word,
        "note": hit.note or _("screening list"),
    }


def others_go_first(listing: Listing, ctx: Context) -> str | None:
    """Whoever held a listing and gave it back lets others go first for a while."""
    if listing.given_back_at is None or listing.last_held_by_id != ctx.actor.staff_id:
        return None
    hours = Decimal(str(ctx.rules.procedure.amount("reclaim_hours")))
    again = listing.given_back_at + timedelta(minutes=int(hours * 60))
    if ctx.now >= again:
        return None
    return _("You held %(ref)s until %(at)s. Others go first; you can claim it again from %(again)s.") % {
        "ref": listing.ref,
        "at": f"{localtime(listing.given_back_at):%m-%d %H:%M}",
        "again": f"{localtime(again):%m-%d %H:%M}",
    }


def change_waits(order: Order, _ctx: Context) -> str | None:
    """There has to be something to decide on."""
    if changes.pending(order) is not None:
        return None
    return _("The platform says of %(ref)s what we have; there is nothing to decide.") % {"ref": order.ref}
