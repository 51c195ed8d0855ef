"""A claimed listing whose customer nobody contacted goes back to the square by itself (clause 2.1.1)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition.models import Listing
from jiedan.core.lifecycle import ListingStage
from jiedan.core.roles import Role
from jiedan.kernel.action import Nothing, action
from jiedan.kernel.dispatch import Context


@action(
    _("Return listing to the square"),
    clause="2.1.1",
    on=Listing,
    by={Role.SYSTEM},
    when={ListingStage.CLAIMED},
    to=ListingStage.OPEN,
    # Ended, not void: a first contact that was never made stays on record as missed.
    stops={"contact_customer", "hold_listing"},
)
def return_listing(listing: Listing, data: Nothing, ctx: Context) -> None:
    """The time to hold a claim without contacting the customer is over: others may claim the listing."""
    held_by = "" if listing.claimed_by is None else listing.claimed_by.name
    listing.back_to_the_square(ctx.now)
    ctx.note(ref=listing.ref, summary=listing.summary, held_by=held_by)
