"""The company signs after the customer: the contract is concluded (clause 2.3.2)."""

from pydantic import Field

from jiedan.contract import concluding, papers
from jiedan.contract.entry import AboutContract, Drawn, Post
from jiedan.contract.guards import signed_by_customer
from jiedan.contract.models import Contract
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.fields import lazy as _
from jiedan.orders.models import Order
from jiedan.terms.clocks import CONFIRM_ORDER


class CountersignContract(AboutContract):
    post: Post = Field("", title=_("Your post"))
    drawn: Drawn = Field("", title=_("Signature (SVG path: M and L with whole numbers)"))


@action(
    _("Sign for the company"),
    clause="2.3.2",
    on=Order,
    by={Role.DEPARTMENT_HEAD, Role.DECISION_MAKER},
    when={OrderStage.AGREED},
    to=OrderStage.SIGNED,
    guards=[signed_by_customer],
    stops={"conclude_contract"},
    starts=[CONFIRM_ORDER],
    private={"drawn"},
)
def countersign_contract(order: Order, data: CountersignContract, ctx: Context) -> None:
    """Sign the contract that the customer has signed; one PDF with both signatures is sealed and filed for both sides."""
    concluding.conclude(papers.seen(order, data.content_hash, Contract.SIGNED), data.post, data.drawn, ctx)
