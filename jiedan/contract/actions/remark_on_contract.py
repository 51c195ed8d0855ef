"""The customer remarks on a clause, on the portal (clause 2.3.2)."""

from typing import Annotated

from pydantic import Field, StringConstraints

from jiedan.contract import papers
from jiedan.contract.guards import sent
from jiedan.contract.models import REMARK, Contract, Remark
from jiedan.core.contract_text import Topic
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.fields import lazy as _
from jiedan.orders import vault
from jiedan.orders.models import Order
from jiedan.portal.entry import EVIDENCE, ByCustomer


class RemarkOnContract(ByCustomer):
    topic: Topic = Field(title=_("Clause"))
    words: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)] = Field(
        title=_("Remark")
    )


@action(
    _("Remark on a clause"),
    clause="2.3.2",
    on=Order,
    by={Role.CUSTOMER},
    when={OrderStage.AGREED},
    guards=[sent],
    private=EVIDENCE | {"words"},
)
def remark_on_contract(order: Order, data: RemarkOnContract, ctx: Context) -> None:
    """Say what you want to ask or have otherwise in a clause; we answer, and send you a new version if it is changed."""
    row = papers.seen(order, data.content_hash, Contract.SENT)
    sealed = vault.seal_bytes(order.customer.key.opened(), data.words.encode(), REMARK)
    Remark.objects.create(contract=row, topic=data.topic.value, sealed=sealed, at=ctx.now)
    ctx.note(ref=order.ref, summary=order.summary, version=row.number)
