"""The evaluation as a signed PDF on file with the order (clauses 2.2.1, 6.2.1)."""

from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from jiedan.core.decision import Body
from jiedan.core.feasibility import Question
from jiedan.core.risk import RiskKind
from jiedan.documents import filing
from jiedan.evaluation import papers, wording
from jiedan.evaluation.models import Evaluation
from jiedan.evaluation.sheet import Sheet
from jiedan.kernel.dispatch import Context
from jiedan.orders.models import Order
from jiedan.people.models import Department, Staff


def seal(order: Order, paper: Evaluation, ctx: Context) -> None:
    """Typeset, sign and file what was submitted."""
    name = _("Evaluation %(ref)s, round %(n)d.pdf") % {"ref": order.ref, "n": paper.round}
    document = filing.make(
        order, "evaluation_sheet", "evaluation/evaluation", _data(order, paper, ctx), name=name,
        reason=_("Evaluation submitted"), at=ctx.now, by=ctx.actor.staff_id, who=ctx.actor.name,
    )  # fmt: skip
    ctx.note(**document.facts())


def _data(order: Order, paper: Evaluation, ctx: Context) -> dict[str, Any]:
    sheet, limits = Sheet.model_validate(paper.content), papers.limits(ctx.rules)
    owners = dict(Staff.objects.filter(pk__in=[r.owner for r in sheet.risks() if r.owner]).values_list("pk", "name"))
    company = Department.objects.get(parent=None).name
    body = Body.read(paper.body)
    return {
        "title": _("Evaluation"),
        "number": f"{order.ref} · {paper.round}",
        "company": company,
        "printed": f"{localtime(ctx.now):%Y-%m-%d %H:%M}",
        "facts": [
            [_("Order"), f"{order.ref} {order.summary}"],
            [_("Amount"), f"¥{order.total:.2f}"],
            [_("Department"), order.department.name],
            [_("Evaluated by"), ctx.actor.name],
            [_("Who decides"), f"{wording.mode(body.mode)}: " + "、".join(seat.title for seat in body.seats)],
            [_("Gravest risk"), wording.level(paper.level)],
        ],
        "answers": [
            [wording.question(one), wording.grade(answer.grade), answer.grounds]
            for one, answer in ((question, getattr(sheet, question.value)) for question in Question)
        ],
        "known": [
            [wording.question(question), sentence]
            for question in Question
            for sentence in paper.known[question.value]["known"]
        ],
        "risks": [
            [
                wording.risk(risk.kind), f"{risk.likelihood}×{risk.impact}", wording.level(risk.level(limits)),
                risk.grounds, risk.measure, owners.get(risk.owner or 0, ""),
            ]
            for risk in sheet.risks()
        ],
        "unknown": [sentence for part in (*Question, *RiskKind) for sentence in paper.known[part.value]["unknown"]],
        "conclusion": [
            [_("Recommendation"), wording.recommendation(sheet.recommendation)],
            *([title, text] for title, text in _words(sheet) if text),
        ],
        "fingerprint": paper.content_hash,
    }  # fmt: skip


def _words(sheet: Sheet) -> list[tuple[str, str]]:
    return [(_("Next step"), sheet.next_step), (_("Reason"), sheet.reason), (_("Advice"), sheet.advice)]
