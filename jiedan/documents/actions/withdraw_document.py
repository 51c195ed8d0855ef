"""Somebody takes back a paper that was filed by mistake (clauses 6.1.2, 6.2.1)."""

from typing import Annotated

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.documents import filing
from jiedan.documents.models import Document
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.errors import Invalid
from jiedan.kernel.fields import lazy as gettext_lazy
from jiedan.orders.models import Order


class WithdrawDocument(BaseModel):
    """Which document, and why."""

    model_config = ConfigDict(extra="forbid")

    document: int = Field(ge=1, le=2**53, title=gettext_lazy("Number of the document"))
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] = Field(
        title=gettext_lazy("Reason")
    )


@action(
    gettext_lazy("Withdraw document"),
    clause="6.2.1",
    on=Order,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD, Role.DECISION_MAKER},
    when=set(OrderStage),
)
def withdraw_document(order: Order, data: WithdrawDocument, ctx: Context) -> None:
    """Take back a paper that was filed by mistake: it stays readable and counts as proof no longer."""
    found = Document.objects.filter(order=order, pk=data.document).first()
    if found is None:
        raise _wrong(_("This order has no document of that number."))
    if found.withdrawn_at is not None:
        raise _wrong(_("This document was withdrawn before."))
    if found.made_here:
        raise _wrong(_("Papers that the system made and sealed stay; a newer one takes their place."))
    filing.withdraw(found, ctx.actor.staff_id, data.reason, ctx.now)
    ctx.note(ref=order.ref, **found.facts())


def _wrong(sentence: str) -> Invalid:
    return Invalid({"document": [sentence]}, _("Some fields need to be corrected."))
