"""A platform says something else of a listing than before (clause 2.1.1)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition.listing_feed import FACTS, LIVING, IncomingListing
from jiedan.acquisition.models import Listing
from jiedan.acquisition.scopes import Judge, score_of
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context


@action(
    _("Update listing"),
    clause="2.1.1",
    on=Listing,
    by={Role.SYSTEM},
    when=set(LIVING),
)
def update_listing(listing: Listing, data: IncomingListing, ctx: Context) -> None:
    """The platform's listing changed; it stays where it is, and its score follows."""
    changed = [name for name in FACTS if getattr(listing, name) != getattr(data, name)]
    for name in changed:
        setattr(listing, name, getattr(data, name))
    listing.source_at = data.at
    listing.score = score_of(Judge.of([listing.department_id], ctx.now).fit(listing))
    ctx.note(ref=listing.ref, summary=listing.summary, changed=changed, score=listing.score)
