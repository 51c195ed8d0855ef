"""Somebody who decides is against taking the order on (clause 2.2.3)."""

from pydantic import Field

from jiedan.acquisition import changes
from jiedan.core.deadlines import ALL
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.evaluation import voting
from jiedan.evaluation.entry import AboutEvaluation, Sentences
from jiedan.evaluation.guards import asked_to_decide
from jiedan.evaluation.models import Ballot, Evaluation
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.fields import lazy as _
from jiedan.orders.models import Order


class DeclineOrder(AboutEvaluation):
    reason: Sentences = Field(title=_("Reason"), description=_("The customer is told this."))
    advice: Sentences = Field(title=_("Advice to the customer"), description=_("What they could do instead."))


@action(
    _("Decline the order"),
    clause="2.2.3",
    on=Order,
    by={Role.DEPARTMENT_HEAD, Role.DECISION_MAKER},
    when={OrderStage.DECIDING},
    to=voting.stage_now,
    leads={OrderStage.DECIDING, OrderStage.DECLINED},
    guards=[asked_to_decide],
    stops={"decide_order"},
    voids={ALL},
    ends_if=voting.is_decided,
    wherever=True,
)
def decline_order(order: Order, data: DeclineOrder, ctx: Context) -> None:
    """Vote against taking the order on, with the reason and what the customer could do; when that decides, the order ends and the customer is told."""
    paper = voting.seen(order, data.content_hash)
    ctx.note(ref=order.ref, summary=order.summary)
    verdict = voting.cast(paper, Ballot.DECLINE, ctx, data.reason, data.advice)
    paper.reason, paper.advice = data.reason, data.advice
    voting.conclude(paper, order, verdict, ctx)
    if paper.state == Evaluation.DECLINED:
        changes.outdate(order, ctx)
