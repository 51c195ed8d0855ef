"""Somebody who decides is for taking the order on (clauses 2.2.3, 1.3.1)."""

from typing import Annotated

from django.utils.translation import gettext as _now
from pydantic import Field, StringConstraints

from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.evaluation import voting
from jiedan.evaluation.clocks import AGREE_TERMS
from jiedan.evaluation.entry import AboutEvaluation
from jiedan.evaluation.guards import asked_to_decide
from jiedan.evaluation.models import Ballot, Evaluation
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.errors import Invalid
from jiedan.kernel.fields import lazy as _
from jiedan.orders.models import Order


class ApproveEvaluation(AboutEvaluation):
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = Field(
        "", title=_("Reason or note"), description=_("Required where a legal risk is blocking.")
    )


@action(
    _("Agree to take the order on"),
    clause="2.2.3",
    on=Order,
    by={Role.DEPARTMENT_HEAD, Role.DECISION_MAKER},
    when={OrderStage.DECIDING},
    to=voting.stage_now,
    leads={OrderStage.DECIDING, OrderStage.NEGOTIATING},
    guards=[asked_to_decide],
    stops={"decide_order"},
    starts=[AGREE_TERMS],
    ends_if=voting.is_decided,
    wherever=True,
)
def approve_evaluation(order: Order, data: ApproveEvaluation, ctx: Context) -> None:
    """Vote for taking the order on, on the evaluation that you read; when enough have agreed, the negotiation begins."""
    paper = voting.seen(order, data.content_hash)
    _require_legal_reason(paper, data, ctx)
    ctx.note(ref=order.ref, summary=order.summary)
    verdict = voting.cast(paper, Ballot.TAKE, ctx, data.reason)
    voting.conclude(paper, order, verdict, ctx)
    if paper.state == Evaluation.TAKEN:
        ctx.note(next_step=paper.content["next_step"])


def _require_legal_reason(paper: Evaluation, data: ApproveEvaluation, ctx: Context) -> None:
    if paper.legally_blocked and not data.reason and voting.sits_as_decider(paper, ctx.actor):
        raise Invalid(
            {"reason": [_now("A legal risk is blocking: say why the order may be taken on all the same.")]},
            _now("Some fields need to be corrected."),
        )
