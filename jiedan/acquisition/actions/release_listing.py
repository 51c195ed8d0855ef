"""A claimed listing goes back to the square (clause 2.1.1)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition.entry import Reason
from jiedan.acquisition.guards import claimed_by_me
from jiedan.acquisition.models import Listing
from jiedan.core.deadlines import ALL
from jiedan.core.lifecycle import ListingStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context


@action(
    _("Release listing"),
    clause="2.1.1",
    on=Listing,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD},
    when={ListingStage.CLAIMED, ListingStage.CONTACTED},
    to=ListingStage.OPEN,
    guards=[claimed_by_me],
    voids={ALL},
)
def release_listing(listing: Listing, data: Reason, ctx: Context) -> None:
    """Give the listing back so that somebody else can claim it, and say why."""
    listing.back_to_the_square(ctx.now)
    ctx.note(ref=listing.ref, summary=listing.summary)
