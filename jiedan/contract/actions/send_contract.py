"""The reviewed contract goes to the customer (clause 2.3.2)."""

from django.utils.translation import gettext_lazy as _

from jiedan.contract import concluding, papers
from jiedan.contract.entry import AboutContract
from jiedan.contract.guards import passed
from jiedan.contract.models import Contract
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.orders.models import Order


@action(
    _("Send the contract to the customer"),
    clause="2.3.2",
    on=Order,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD},
    when={OrderStage.AGREED},
    guards=[passed],
)
def send_contract(order: Order, data: AboutContract, ctx: Context) -> None:
    """File the contract as a PDF and make the link on which the customer reads it, remarks on clauses and signs."""
    concluding.send(order, papers.seen(order, data.content_hash, Contract.PASSED), ctx)
