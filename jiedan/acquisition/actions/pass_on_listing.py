"""A listing is not for our department, but perhaps for another one (clause 2.1.1)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition.entry import Reason
from jiedan.acquisition.guards import has_department
from jiedan.acquisition.models import Listing
from jiedan.acquisition.scopes import pass_on
from jiedan.core.lifecycle import ListingStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context


@action(
    _("Not for our department"),
    clause="2.1.1",
    on=Listing,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD},
    when={ListingStage.OPEN},
    guards=[has_department],
)
def pass_on_listing(listing: Listing, data: Reason, ctx: Context) -> None:
    """Say why your department doesn't go for it; it goes to the department that it fits next, or waits for one."""
    left = listing.department.code
    where = pass_on(listing, ctx.now)
    ctx.note(ref=listing.ref, summary=listing.summary, passed_by=left, to=where.code, score=listing.score)
