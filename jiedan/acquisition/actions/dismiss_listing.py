"""A listing is not for us (clause 2.1.1)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition.entry import Reason
from jiedan.acquisition.guards import held_by_nobody_else
from jiedan.acquisition.models import Listing
from jiedan.core.deadlines import ALL
from jiedan.core.lifecycle import ListingStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context


@action(
    _("Dismiss listing"),
    clause="2.1.1",
    on=Listing,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD},
    when={ListingStage.OPEN, ListingStage.CLAIMED, ListingStage.CONTACTED},
    to=ListingStage.DISMISSED,
    guards=[held_by_nobody_else],
    voids={ALL},
)
def dismiss_listing(listing: Listing, data: Reason, ctx: Context) -> None:
    """Set the listing aside for the whole company because it is out of our scope or ability, and say why."""
    ctx.note(ref=listing.ref, summary=listing.summary)
