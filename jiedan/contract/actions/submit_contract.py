"""The draft of a contract goes to review (clause 2.3.2)."""

from pydantic import Field

from jiedan.acquisition.entry import Input
from jiedan.contract import concluding
from jiedan.contract.guards import not_handed_over
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.fields import lazy as _
from jiedan.orders.models import Order


class SubmitContract(Input):
    paper_version: int | None = Field(None, ge=0, le=2**31, title=_("Version of the contract that you saw"))


@action(
    _("Hand the contract over for review"),
    clause="2.3.2",
    on=Order,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD},
    when={OrderStage.AGREED},
    guards=[not_handed_over],
)
def submit_contract(order: Order, data: SubmitContract, ctx: Context) -> None:
    """Freeze the contract drawn up from the agreed terms and have somebody else review it; the automatic checks come first."""
    concluding.hand_over(order, data.paper_version, ctx)
