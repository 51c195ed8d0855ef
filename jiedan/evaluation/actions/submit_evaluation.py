"""The order taker hands the evaluation to whoever decides (clauses 2.2.1, 2.2.2, 2.2.3)."""

from pydantic import Field

from jiedan.acquisition.entry import Input
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.evaluation import submitting
from jiedan.evaluation.clocks import DECIDE_ORDER
from jiedan.evaluation.guards import paper_begun
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.fields import lazy as _
from jiedan.orders.models import Order


class SubmitEvaluation(Input):
    paper_version: int | None = Field(None, ge=0, le=2**31, title=_("Version of the evaluation that you saw"))


@action(
    _("Submit evaluation"),
    clause="2.2.3",
    on=Order,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD},
    when={OrderStage.ACCEPTED},
    to=OrderStage.DECIDING,
    guards=[paper_begun],
    stops={"evaluate_order"},
    starts=[DECIDE_ORDER],
)
def submit_evaluation(order: Order, data: SubmitEvaluation, ctx: Context) -> None:
    """Hand the evaluation to whoever decides by the decision rules; from now on it can't be edited, and the time to decide runs."""
    submitting.submit(order, data.paper_version, ctx)
