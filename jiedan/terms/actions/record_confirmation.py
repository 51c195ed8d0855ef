"""The customer confirmed the terms otherwise than on the portal; staff put that on record with the proof (clause 2.3.1)."""

from typing import Annotated, Literal

from django.utils.translation import gettext
from pydantic import Field, StringConstraints

from jiedan.acquisition.entry import Input
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.core.terms import ITEMS
from jiedan.kernel.action import Proof, action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.fields import lazy as _
from jiedan.orders.models import Order
from jiedan.portal import links
from jiedan.terms import agreeing
from jiedan.terms.clocks import CONCLUDE_CONTRACT, CONFIRM_ORDER
from jiedan.terms.guards import is_offered
from jiedan.terms.models import ItemAnswer


class RecordConfirmation(Input):
    content_hash: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")] = Field(
        title=_("Terms (fingerprint of what was offered)")
    )
    how: Literal["phone", "mail", "visit", "platform"] = Field(title=_("How"))
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)] = Field(
        title=_("Who confirmed")
    )
    words: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = Field(
        "", title=_("What they said")
    )


@action(
    _("Record the customer's confirmation"),
    clause="2.3.1",
    on=Order,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD},
    when={OrderStage.NEGOTIATING},
    to=OrderStage.AGREED,
    needs=[Proof("customer_approval", _("the customer's approval"))],
    guards=[is_offered],
    stops={"agree_terms"},
    starts=[CONFIRM_ORDER, CONCLUDE_CONTRACT],
    private={"name"},
)
def record_confirmation(order: Order, data: RecordConfirmation, ctx: Context) -> None:
    """Put on record how and by whom the customer confirmed all four key terms; their approval has to be on file."""
    sheet = agreeing.seen(order, data.content_hash)
    said = dict.fromkeys(ITEMS, (ItemAnswer.AGREE, data.words))
    agreeing.answer(order, sheet, said, data.name, data.how, ctx)
    links.revoke(order, agreeing.PURPOSE, gettext("The customer confirmed in another way."), ctx.now)
