"""A customer's link is given to them, and how that was done is on record (clauses 2.3.1, 6.2.4)."""

from typing import Annotated, Literal

from django.utils.translation import gettext
from pydantic import AfterValidator, Field

from jiedan.core.lifecycle import AFTER_ACCEPTANCE
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.fields import lazy as _
from jiedan.orders.models import Order
from jiedan.portal import links, mailboxes, sending
from jiedan.portal.choosing import AboutLink, wrong
from jiedan.portal.guards import has_one_to_send


class SendLink(AboutLink):
    way: Literal["mail", "screen", "chat", "shop"] = Field(title=_("How the customer gets it"))
    email: Annotated[str, AfterValidator(mailboxes.checked)] = Field(
        "", max_length=254, title=_("The customer's e-mail address"),
        description=_("Only for mail; left empty, the address that they gave before is used."),
    )  # fmt: skip
    language: Literal["zh-hans", "en"] | None = Field(None, title=_("Language of the mail"))


@action(
    _("Send the link to the customer"),
    clause="2.3.1",
    on=Order,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD, Role.AFTER_SALES},
    when=AFTER_ACCEPTANCE,
    guards=[has_one_to_send],
    private=["email"],
)
def send_link(order: Order, data: SendLink, ctx: Context) -> None:
    """Mail the link, have the shop pass it on, or put down that it was shown or sent by hand; each way leaves its record."""
    link = data.of(order)
    if links.ended(link, ctx.now) is not None or not links.address(link):
        raise wrong(gettext("This link leads nowhere any more."))
    sent = sending.SEND[data.way](link, data.email, data.language, ctx)
    ctx.note(
        ref=order.ref, summary=order.summary, link=link.pk, purpose=link.purpose, way=sent.way, to=sent.to,
        language=sent.language, sending=sent.pk,
    )  # fmt: skip
