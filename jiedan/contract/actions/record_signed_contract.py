"""The contract was signed on paper and is scanned in (clause 2.3.2)."""

from django.utils.translation import gettext
from pydantic import Field

from jiedan.acquisition.entry import Input
from jiedan.contract import concluding
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.kernel.action import Proof, action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.errors import Invalid
from jiedan.kernel.fields import lazy as _
from jiedan.orders.models import Order
from jiedan.terms.clocks import CONFIRM_ORDER


class RecordSignedContract(Input):
    as_agreed: bool = Field(False, title=_("I have compared it: it says what was agreed"))


@action(
    _("Record a contract signed on paper"),
    clause="2.3.2",
    on=Order,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD},
    when={OrderStage.AGREED},
    to=OrderStage.SIGNED,
    needs=[Proof("signed_contract", _("the signed contract"))],
    stops={"conclude_contract"},
    starts=[CONFIRM_ORDER],
)
def record_signed_contract(order: Order, data: RecordSignedContract, ctx: Context) -> None:
    """Take a contract that both sides signed by hand as concluded; its scan has to be on file, and somebody has compared it."""
    if not data.as_agreed:
        problem = gettext("Compare the contract with the agreed terms first, and tick that it says the same.")
        raise Invalid({"as_agreed": [problem]}, gettext("Some fields need to be corrected."))
    concluding.on_paper(order, ctx)
