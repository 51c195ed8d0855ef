"""The customer is told that the order is declined, and why (clause 2.2.3)."""

from typing import Literal

from pydantic import Field

from jiedan.acquisition.entry import Input
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.evaluation.entry import Sentences
from jiedan.evaluation.guards import customer_not_told
from jiedan.evaluation.models import Evaluation
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.fields import lazy as _
from jiedan.orders.models import Order


class TellCustomer(Input):
    told_by: Literal["platform", "phone", "mail"] = Field(title=_("How the customer was told"))
    said: Sentences = Field(title=_("What was said"))


@action(
    _("Customer was told"),
    clause="2.2.3",
    on=Order,
    by={Role.SYSTEM, Role.ORDER_TAKER, Role.DEPARTMENT_HEAD},
    when={OrderStage.DECLINED},
    guards=[customer_not_told],
)
def tell_customer(order: Order, data: TellCustomer, ctx: Context) -> None:
    """Put on record that and how the customer was told that the order is declined; shops that are called back are told by the system."""
    Evaluation.objects.filter(order=order.pk, state=Evaluation.DECLINED).update(told_at=ctx.now)
    ctx.note(ref=order.ref, summary=order.summary)
