"""The company signs after the customer: the contract is concluded (clause 2.3.2)."""

from django.utils.translation import gettext_lazy as _

from jiedan.contract import concluding, papers
from jiedan.contract.entry import AboutContract
from jiedan.contract.guards import signed_by_customer
from jiedan.contract.models import Contract
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.orders.models import Order
from jiedan.terms.clocks import CONFIRM_ORDER


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
)
def countersign_contract(order: Order, data: AboutContract, ctx: Context) -> None:
    """Sign the contract that the customer has signed; one PDF with both signatures is sealed and filed for both sides."""
    concluding.conclude(papers.seen(order, data.content_hash, Contract.SIGNED), ctx)
