"""A listing that was dismissed is opened again (clause 2.1.1)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition.entry import Reason
from jiedan.acquisition.guards import still_there
from jiedan.acquisition.models import Listing
from jiedan.acquisition.scopes import Judge, score_of
from jiedan.core.lifecycle import ListingStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context


@action(
    _("Reopen listing"),
    clause="2.1.1",
    on=Listing,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD},
    when={ListingStage.DISMISSED},
    to=ListingStage.OPEN,
    guards=[still_there],
)
def reopen_listing(listing: Listing, data: Reason, ctx: Context) -> None:
    """Put the listing back into the square because it was dismissed too soon or by mistake, and say why."""
    if listing.claimed_by_id is not None:
        listing.back_to_the_square(ctx.now)
    listing.score = score_of(Judge.of([listing.department_id], ctx.now).fit(listing))
    ctx.note(ref=listing.ref, summary=listing.summary, score=listing.score)
