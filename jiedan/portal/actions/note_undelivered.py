"""A mail with a customer's link was given up (clause 2.3.1)."""

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict

from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.orders.models import Order


class NoteUndelivered(BaseModel):
    """Which link, to which masked address, what the mail server said, and who had sent it."""

    model_config = ConfigDict(extra="forbid")

    link: int
    to: str
    why: str
    sender: int | None = None


@action(
    _("Mail wasn't delivered"),
    clause="2.3.1",
    on=Order,
    by={Role.SYSTEM},
    when=set(OrderStage),
    quiet=True,
)
def note_undelivered(order: Order, data: NoteUndelivered, ctx: Context) -> None:
    """Put down that the mail server didn't take a mail with a link, and tell who sent it."""
    ctx.note(ref=order.ref, summary=order.summary, reason=data.why, told=[data.sender] if data.sender else [])
