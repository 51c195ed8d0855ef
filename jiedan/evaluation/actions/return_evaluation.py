"""Somebody who decides has questions first (clause 2.2.3)."""

from pydantic import Field

from jiedan.acquisition.clocks import EVALUATE
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.evaluation import asking, papers, voting
from jiedan.evaluation.entry import AboutEvaluation, Sentences
from jiedan.evaluation.guards import asked_to_decide
from jiedan.evaluation.models import Ballot, Evaluation
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.fields import lazy as _
from jiedan.orders.models import Order


class ReturnEvaluation(AboutEvaluation):
    questions: Sentences = Field(title=_("Questions"), description=_("What has to be answered or corrected."))


@action(
    _("Return with questions"),
    clause="2.2.3",
    on=Order,
    by={Role.DEPARTMENT_HEAD, Role.DECISION_MAKER},
    when={OrderStage.DECIDING},
    to=OrderStage.ACCEPTED,
    guards=[asked_to_decide],
    stops={"decide_order"},
    starts=[EVALUATE],
    wherever=True,
)
def return_evaluation(order: Order, data: ReturnEvaluation, ctx: Context) -> None:
    """Give the evaluation back with your questions; it can be edited again, its time begins anew, and votes so far lapse."""
    paper = voting.seen(order, data.content_hash, still=False)
    ctx.note(ref=order.ref, summary=order.summary)
    voting.cast(paper, Ballot.RETURN, ctx, data.questions)
    paper.state, paper.decided_at = Evaluation.RETURNED, ctx.now
    paper.save()
    asking.close(order, ctx.now)
    papers.next_round(paper, ctx.now, data.questions, ctx.actor.staff_id)
    ctx.note(evaluators=paper.authors)
