"""Somebody takes a listing on (clause 2.1.1)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition.clocks import CONTACT, HOLD
from jiedan.acquisition.guards import may_hold_more, not_prohibited, others_go_first, still_there
from jiedan.acquisition.models import Listing
from jiedan.core.lifecycle import ListingStage
from jiedan.core.roles import Role
from jiedan.kernel.action import Nothing, action
from jiedan.kernel.dispatch import Context


@action(
    _("Claim listing"),
    clause="2.1.1",
    on=Listing,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD},
    when={ListingStage.OPEN},
    to=ListingStage.CLAIMED,
    guards=[still_there, not_prohibited, others_go_first, may_hold_more],
    starts=[CONTACT, HOLD],
)
def claim_listing(listing: Listing, data: Nothing, ctx: Context) -> None:
    """Take the listing on: it is yours, and the time for the first contact with the customer begins."""
    listing.claimed_by_id = ctx.actor.staff_id
    listing.claimed_at = ctx.now
    ctx.note(ref=listing.ref, summary=listing.summary)
