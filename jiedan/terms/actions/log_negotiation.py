"""What was said with the customer is put on record (clause 2.3.1)."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from jiedan.acquisition.entry import Input
from jiedan.core.lifecycle import AFTER_ACCEPTANCE
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.fields import lazy as _
from jiedan.orders.models import Order
from jiedan.terms.models import Talk

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]


class LogNegotiation(Input):
    channel: Literal["phone", "mail", "visit", "platform"] = Field(title=_("How"))
    said: Annotated[Words, StringConstraints(min_length=1)] = Field(title=_("What was said"))
    open_points: Words = Field("", title=_("What is still open"))
    next_step: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = Field(
        "", title=_("Next step")
    )
    next_on: date | None = Field(None, title=_("When"))


@action(
    _("Log a talk with the customer"),
    clause="2.3.1",
    on=Order,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD},
    when=AFTER_ACCEPTANCE,
    quiet=True,
)
def log_negotiation(order: Order, data: LogNegotiation, ctx: Context) -> None:
    """Put down what you and the customer said, what is still open and what comes next; the log stands on the order's terms."""
    Talk.objects.create(order=order, at=ctx.now, by_id=ctx.actor.staff_id or 0, **data.model_dump())
    ctx.note(ref=order.ref, summary=order.summary)
