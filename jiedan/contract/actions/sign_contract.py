"""The customer signs the contract, on the portal (clause 2.3.2)."""

from typing import Annotated, Literal

from django.utils.translation import gettext
from pydantic import Field, StringConstraints

from jiedan.contract import papers, signing_for
from jiedan.contract.entry import Drawn, Post
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


class SignContract(ByCustomer):
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)] = Field(
        title=_("Your name")
    )
    capacity: Literal["self", "legal", "authorised"] = Field("self", title=_("You sign as"))
    post: Post = Field("", title=_("Your post"))
    consent: bool = Field(False, title=_("I have read the contract and sign it"))
    drawn: Drawn = Field("", title=_("Signature (SVG path: M and L with whole numbers)"))


@action(
    _("Sign the contract"),
    clause="2.3.2",
    on=Order,
    by={Role.CUSTOMER},
    when={OrderStage.AGREED},
    guards=[sent],
    private=EVIDENCE | {"name", "post", "drawn"},
)
def sign_contract(order: Order, data: SignContract, ctx: Context) -> None:
    """Sign exactly the contract that you read; we sign after you, and you get the file with both signatures here."""
    row = papers.seen(order, data.content_hash, Contract.SENT)
    problems = _problems(row, data)
    if problems:
        raise Invalid(problems, gettext("Some fields need to be corrected."))
    row.state, row.signed_at = Contract.SIGNED, ctx.now
    row.put_evidence(
        {
            "name": data.name, "capacity": data.capacity, "post": data.post, "at": ctx.now.isoformat(),
            "address": data.address, "device": data.device, "consent": gettext("I have read the contract and sign it"),
            "drawn": data.drawn, "content_hash": row.content_hash,
        }
    )  # fmt: skip
    row.save()
    ctx.note(ref=order.ref, summary=order.summary, version=row.number)


def _problems(row: Contract, data: SignContract) -> dict[str, list[str]]:
    problems: dict[str, list[str]] = {}
    if not data.consent:
        problems["consent"] = [gettext("Tick that you have read the contract and sign it.")]
    if data.capacity == "self" and signing_for.is_organisation(row.order):
        problems["capacity"] = [
            gettext(
                "The customer is an organisation: say whether you sign as its legal representative or authorised by it."
            )
        ]
    named = row.named()[0].name
    if named and named != data.name and data.capacity != "authorised":
        problems["name"] = [
            gettext("The contract names %(name)s as signing. Let them sign, or say that you are authorised to sign.")
            % {"name": named}
        ]
    return problems
