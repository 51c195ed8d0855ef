"""First contact with the customer behind a listing (clause 2.1.1)."""

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
    _("Contact customer"),
    clause="2.1.1",
    on=Listing,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD},
    when={ListingStage.CLAIMED},
    to=ListingStage.CONTACTED,
    guards=[claimed_by_me],
    stops={"contact_customer", "hold_listing"},
    starts=[NEXT],
)
def contact_customer(listing: Listing, data: Contact, ctx: Context) -> None:
    """Put on record how you reached the customer, what you learned and what comes next."""
    data.put_into(listing, ctx.now)
    ctx.note(ref=listing.ref, summary=listing.summary)
