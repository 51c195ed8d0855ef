"""The terms go to the customer (clause 2.3.1)."""

from pydantic import Field

from jiedan.acquisition.entry import Input
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.fields import lazy as _
from jiedan.orders.models import Order
from jiedan.terms import agreeing
from jiedan.terms.guards import not_offered


class OfferTerms(Input):
    paper_version: int | None = Field(None, ge=0, le=2**31, title=_("Version of the term sheet that you saw"))


@action(
    _("Offer terms"),
    clause="2.3.1",
    on=Order,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD},
    when={OrderStage.NEGOTIATING},
    guards=[not_offered],
)
def offer_terms(order: Order, data: OfferTerms, ctx: Context) -> None:
    """Freeze the term sheet and make the link on which the customer reads, asks and agrees item by item."""
    agreeing.offer(order, data.paper_version, ctx)
