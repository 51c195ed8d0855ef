"""Freezing an evaluation: whole, with what the system knew, with its fingerprint, and with who decides (2.2.3)."""

from django.utils.translation import gettext as _

from jiedan.core.decision import Case
from jiedan.core.risk import legally_blocked, worst
from jiedan.evaluation import asking, bodies, papers, sealing
from jiedan.evaluation.known import findings
from jiedan.evaluation.models import Evaluation
from jiedan.evaluation.sheet import Sheet, require_whole
from jiedan.kernel.dispatch import Context
from jiedan.kernel.drafts import add_author
from jiedan.kernel.errors import Refused
from jiedan.orders.models import Order


def submit(order: Order, seen: int | None, ctx: Context) -> None:
    """Submit the draft that was seen in version SEEN (None: whichever). Raises Refused or Invalid by field."""
    paper = papers.draft_of(order)
    if paper is None:
        raise Refused(_("There is no evaluation to submit."))
    papers.DRAFTS.require_seen(paper, seen)
    sheet, limits = Sheet.model_validate(paper.content), papers.limits(ctx.rules)
    require_whole(sheet, limits, paper.prefilled)
    add_author(paper, ctx.actor, ctx.grant)
    level = worst(sheet.risks(), limits)
    blocked = legally_blocked(sheet.risks(), limits)
    case = Case(order.total, level, order.department_id)
    edition = bodies.newest(ctx.rules)
    body, rule = bodies.body_for(case, edition, paper.authors, blocked, ctx.now)
    paper.known = {name: finding.kept() for name, finding in findings(order, ctx.now).items()}
    paper.body = {**body.kept(), "version": edition.number, "rule": rule}
    paper.level, paper.legally_blocked = level.value, blocked
    paper.state, paper.submitted_at = Evaluation.SUBMITTED, ctx.now
    paper.submitted_by_id, paper.submitted_for_id = ctx.actor.staff_id, ctx.grant.on_behalf_of
    paper.content_hash = papers.fingerprint(paper, order)
    paper.save()
    people = asking.holders_asked(paper)
    asking.open_for(order, people, ctx.now)
    ctx.note(
        ref=order.ref,
        summary=order.summary,
        round=paper.round,
        content_hash=paper.content_hash,
        level=level.value,
        recommendation=sheet.recommendation,
        decision_rules=edition.number,
        decision_rule=rule,
        mode=body.mode.value,
        seats=[seat.title for seat in body.seats],
        asked=people,
    )
    sealing.seal(order, paper, ctx)
