"""Conditions of this chapter's steps: each returns the sentence a person reads, or None."""

from datetime import timedelta
from decimal import Decimal

from django.db import connection
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from jiedan.acquisition import changes, identity
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


def held_by_nobody_else(listing: Listing, ctx: Context) -> str | None:
    """What somebody has claimed is theirs to give up; what is open is anybody's in the department."""
    return None if listing.stage == ListingStage.OPEN else claimed_by_me(listing, ctx)


def still_there(listing: Listing, ctx: Context) -> str | None:
    """Nobody goes for what is over on the platform, even before the timer has found it."""
    if listing.valid_until is None or ctx.now < listing.valid_until:
        return None
    at = f"{localtime(listing.valid_until):%Y-%m-%d %H:%M}"
    return _("%(ref)s was open until %(at)s; that is over.") % {"ref": listing.ref, "at": at}


def is_over(listing: Listing, ctx: Context) -> str | None:
    """The platform may have said another moment in between."""
    if still_there(listing, ctx) is not None:
        return None
    return _("%(ref)s is still open.") % {"ref": listing.ref}


def has_department(listing: Listing, _ctx: Context) -> str | None:
    """Only a department can say that something is not for it."""
    if listing.department.parent_id is not None:
        return None
    return _("%(ref)s waits for a department already.") % {"ref": listing.ref}


def may_hold_more(_listing: Listing, ctx: Context) -> str | None:
    """Nobody holds more listings at once than the company allows, not even by claiming several in one moment."""
    if connection.in_atomic_block:
        # One after the other: the later claim counts the earlier one. Its listing is locked already, as for everybody.
        identity.hold([("claims", str(ctx.actor.staff_id))])
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
