"""A platform took a listing down (clause 2.1.1)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition.listing_feed import LIVING
from jiedan.acquisition.models import Listing
from jiedan.core.deadlines import ALL
from jiedan.core.lifecycle import ListingStage
from jiedan.core.roles import Role
from jiedan.kernel.action import Nothing, action
from jiedan.kernel.dispatch import Context


@action(
    _("Withdraw listing"),
    clause="2.1.1",
    on=Listing,
    by={Role.SYSTEM},
    when=set(LIVING),
    to=ListingStage.LAPSED,
    voids={ALL},
)
def withdraw_listing(listing: Listing, data: Nothing, ctx: Context) -> None:
    """Whoever posted the order on the platform took it down; nobody has to go for it any more."""
    ctx.note(ref=listing.ref, summary=listing.summary)
