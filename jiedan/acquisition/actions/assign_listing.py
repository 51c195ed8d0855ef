"""A listing goes to another department, or to its first (clause 2.1.1)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition.entry import ToDepartment
from jiedan.acquisition.models import Listing
from jiedan.acquisition.scopes import Judge, score_of
from jiedan.core.lifecycle import ListingStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context


@action(
    _("Give listing to a department"),
    clause="2.1.1",
    on=Listing,
    by={Role.DEPARTMENT_HEAD, Role.DECISION_MAKER},
    when={ListingStage.OPEN},
)
def assign_listing(listing: Listing, data: ToDepartment, ctx: Context) -> None:
    """Hand the listing to the department whose business it is; its people can claim it then."""
    department = data.other_than(listing.department_id)
    listing.department = department
    listing.score = score_of(Judge.of([department.pk], ctx.now).fit(listing))
    ctx.note(ref=listing.ref, summary=listing.summary, to=department.code, score=listing.score)
