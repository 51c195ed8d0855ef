"""What is over on the platform leaves the square by itself (clause 2.1.1)."""

from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from jiedan.acquisition.guards import is_over
from jiedan.acquisition.models import Listing
from jiedan.core.deadlines import ALL
from jiedan.core.lifecycle import ListingStage
from jiedan.core.roles import Role
from jiedan.kernel.action import Nothing, action
from jiedan.kernel.dispatch import Context


@action(
    _("Take listing out of the square"),
    clause="2.1.1",
    on=Listing,
    by={Role.SYSTEM},
    when={ListingStage.OPEN},
    to=ListingStage.LAPSED,
    guards=[is_over],
    voids={ALL},
)
def lapse_listing(listing: Listing, data: Nothing, ctx: Context) -> None:
    """The time until which the listing was open is over and nobody had claimed it."""
    until = "" if listing.valid_until is None else localtime(listing.valid_until).isoformat()
    ctx.note(ref=listing.ref, summary=listing.summary, valid_until=until)
