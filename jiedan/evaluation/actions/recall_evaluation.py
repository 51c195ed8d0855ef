"""The department takes its evaluation back before it is decided on (clause 2.2.3)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition.clocks import EVALUATE
from jiedan.acquisition.entry import Reason
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.evaluation import asking, papers
from jiedan.evaluation.models import Evaluation
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.orders.models import Order


@action(
    _("Recall evaluation"),
    clause="2.2.3",
    on=Order,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD},
    when={OrderStage.DECIDING},
    to=OrderStage.ACCEPTED,
    voids={"decide_order"},
    starts=[EVALUATE],
)
def recall_evaluation(order: Order, data: Reason, ctx: Context) -> None:
    """Take the evaluation back to correct it, and say why; votes already cast lapse and the time to evaluate begins anew."""
    paper = papers.submitted(order)
    ctx.note(ref=order.ref, summary=order.summary)
    if paper is None:
        return
    votes = asking.votes_of(paper)
    paper.state, paper.decided_at = Evaluation.RECALLED, ctx.now
    paper.save()
    asked = asking.holders_asked(paper)
    asking.close(order, ctx.now)
    papers.next_round(paper, ctx.now)
    ctx.note(round=paper.round, votes={str(seat): vote.value for seat, vote in votes.items()}, asked=asked)
