"""An order posted on the platform is put into the square (clause 2.1.1)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition.entry import PostedListing
from jiedan.acquisition.models import Listing
from jiedan.core.lifecycle import ListingStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context


@action(
    _("Post listing"),
    clause="2.1.1",
    on=Listing,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD},
    births=True,
    to=ListingStage.OPEN,
)
def post_listing(data: PostedListing, ctx: Context) -> None:
    """Put an order that you saw on the platform into the square, so that somebody claims it."""
    listing = ctx.birth(data.as_listing(ctx))
    ctx.note(ref=listing.ref)
