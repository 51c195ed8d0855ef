"""The customer signs the contract, on the portal (clause 2.3.2)."""

from typing import Annotated

from django.utils.translation import gettext
from pydantic import Field, StringConstraints

from jiedan.contract import papers
from jiedan.contract.guards import sent
from jiedan.contract.models import Contract
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.errors import Invalid
from jiedan.kernel.fields import lazy as _
from jiedan.orders.models import Order
from jiedan.portal.entry import EVIDENCE, ByCustomer

_STROKE = r"M\d{1,3} \d{1,3}(?: L\d{1,3} \d{1,3})*"


class SignContract(ByCustomer):
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)] = Field(
        title=_("Your name")
    )
    consent: bool = Field(False, title=_("I have read the contract and sign it"))
    drawn: Annotated[str, StringConstraints(max_length=20_000, pattern=rf"^(?:{_STROKE}(?: {_STROKE})*)?$")] = Field(
        "", title=_("Signature (SVG path: M and L with whole numbers)")
    )


@action(
    _("Sign the contract"),
    clause="2.3.2",
    on=Order,
    by={Role.CUSTOMER},
    when={OrderStage.AGREED},
    guards=[sent],
    private=EVIDENCE | {"name", "drawn"},
)
def sign_contract(order: Order, data: SignContract, ctx: Context) -> None:
    """Sign exactly the contract that you read; we sign after you, and you get the file with both signatures here."""
    row = papers.seen(order, data.content_hash, Contract.SENT)
    if not data.consent:
        problem = gettext("Tick that you have read the contract and sign it.")
        raise Invalid({"consent": [problem]}, gettext("Some fields need to be corrected."))
    row.state, row.signed_at = Contract.SIGNED, ctx.now
    row.put_evidence(
        {
            "name": data.name, "at": ctx.now.isoformat(), "address": data.address, "device": data.device,
            "consent": gettext("I have read the contract and sign it"), "drawn": data.drawn, "content_hash": row.content_hash,
        }
    )  # fmt: skip
    row.save()
    ctx.note(ref=order.ref, summary=order.summary, version=row.number)
