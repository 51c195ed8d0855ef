"""A draft is drawn anew from the template in force (clause 2.3.2)."""

from pydantic import Field

from jiedan.acquisition.entry import Input
from jiedan.contract import concluding
from jiedan.contract.guards import has_draft, not_handed_over
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.fields import lazy as _
from jiedan.orders.models import Order


class DrawContract(Input):
    paper_version: int | None = Field(None, ge=0, le=2**31, title=_("Version of the contract that you saw"))


@action(
    _("Draw the draft anew from the template in force"),
    clause="2.3.2",
    on=Order,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD},
    when={OrderStage.AGREED},
    guards=[not_handed_over, has_draft],
)
def draw_contract(order: Order, data: DrawContract, ctx: Context) -> None:
    """Put the text that the template in force makes of the agreed terms in place of the draft's; what was changed in it goes."""
    concluding.draw(order, data.paper_version, ctx)
