"""Further contacts with the customer behind a listing (clause 2.1.1)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition.clocks import NEXT
from jiedan.acquisition.entry import Contact
from jiedan.acquisition.guards import claimed_by_me
from jiedan.acquisition.models import Listing
from jiedan.core.lifecycle import ListingStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context


@action(
    _("Log a further contact"),
    clause="2.1.1",
    on=Listing,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD},
    when={ListingStage.CONTACTED},
    guards=[claimed_by_me],
    stops={"next_contact"},
    starts=[NEXT],
)
def log_contact(listing: Listing, data: Contact, ctx: Context) -> None:
    """Put on record how you reached the customer again, what you learned and what comes next."""
    data.put_into(listing, ctx.now)
    ctx.note(ref=listing.ref, summary=listing.summary)
