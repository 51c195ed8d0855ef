"""The contract was signed on paper and is scanned in (clauses 2.3.2, 1.3.4)."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jiedan.contract import concluding
from jiedan.contract.entry import ByList
from jiedan.contract.guards import not_its_author
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.kernel.action import Proof, action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.errors import Invalid
from jiedan.orders.models import Order
from jiedan.terms.clocks import CONFIRM_ORDER


@action(
    _("Record a contract signed on paper"),
    clause="2.3.2",
    on=Order,
    by={Role.DEPARTMENT_HEAD, Role.DECISION_MAKER},
    when={OrderStage.AGREED},
    to=OrderStage.SIGNED,
    needs=[Proof("signed_contract", _("the signed contract"))],
    guards=[not_its_author],
    stops={"conclude_contract"},
    starts=[CONFIRM_ORDER],
)
def record_signed_contract(order: Order, data: ByList, ctx: Context) -> None:
    """Take a contract that both sides signed by hand as concluded: its scan is on file, and you have gone through it with the list."""
    problems = data.missing()
    if problems:
        raise Invalid(
            problems, gettext("A contract signed on paper is reviewed with the same list; every point has to hold.")
        )
    concluding.on_paper(order, data.ticked(), ctx)
