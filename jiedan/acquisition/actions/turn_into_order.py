"""A listing whose customer wants to order becomes an order, without retyping (clause 2.1.1)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition.entry import WonOrder
from jiedan.acquisition.guards import claimed_by_me
from jiedan.acquisition.models import Listing
from jiedan.core.deadlines import ALL
from jiedan.core.lifecycle import ListingStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context, dispatch


@action(
    _("Turn into order"),
    clause="2.1.1",
    on=Listing,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD},
    when={ListingStage.CONTACTED},
    to=ListingStage.WON,
    guards=[claimed_by_me],
    voids={ALL},
    private=WonOrder.model_fields,
)
def turn_into_order(listing: Listing, data: WonOrder, ctx: Context) -> None:
    """Make an order of the listing, which your department then has accepted: what is known of it is filled in already."""
    given = data.model_dump(mode="json", exclude_none=True) | {"department": listing.department_id}
    order = dispatch("acquisition.enter_order", ctx.actor, given, channel=ctx.channel).subject
    dispatch("acquisition.accept_order", ctx.actor, {}, subject=order, channel=ctx.channel)
    listing.order_id = order.pk
    ctx.note(ref=listing.ref, summary=listing.summary, order=order.ref)
