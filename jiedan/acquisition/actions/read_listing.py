"""Somebody looks at a listing (clause 2.1.1)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition.models import Listing
from jiedan.core.lifecycle import ListingStage
from jiedan.core.roles import BUSINESS
from jiedan.kernel.action import Nothing, action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.receipts import mark_read, not_read_yet


@action(
    _("Mark listing as seen"),
    clause="2.1.1",
    on=Listing,
    by=BUSINESS,
    when=set(ListingStage),
    guards=[not_read_yet],
    quiet=True,
)
def read_listing(listing: Listing, data: Nothing, ctx: Context) -> None:
    """Put on record that you have seen the listing; opening its page does this for you."""
    mark_read(listing, ctx.actor, ctx.now)
    ctx.note(ref=listing.ref)
