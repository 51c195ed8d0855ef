"""The evaluation as a paper: opened, saved again and again, frozen when it is submitted (clause 2.2.1)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from jiedan.core.canonical import digest
from jiedan.core.lifecycle import OrderStage
from jiedan.core.risk import Limits
from jiedan.evaluation.known import findings, prefilled
from jiedan.evaluation.models import Evaluation
from jiedan.evaluation.sheet import Sheet, merged
from jiedan.kernel.drafts import Drafts
from jiedan.kernel.errors import Refused
from jiedan.kernel.naming import stage_title
from jiedan.kernel.rules import Rules
from jiedan.orders.models import Order

SUBMIT = "evaluation.submit_evaluation"
OPEN = (Evaluation.DRAFT, Evaluation.SUBMITTED)


def newest(order: Order) -> Evaluation | None:
    """The order's newest evaluation, whatever became of it."""
    return max(order.evaluations.all(), key=lambda paper: paper.round, default=None)


def draft_of(order: Order) -> Evaluation | None:
    """The evaluation that can be written in, if somebody has begun one."""
    return _in_state(order, Evaluation.DRAFT)


def submitted(order: Order) -> Evaluation | None:
    """The evaluation that waits for a decision."""
    return _in_state(order, Evaluation.SUBMITTED)


def _in_state(order: Order, state: str) -> Evaluation | None:
    # Asked of all rounds, so that a page which has read them along with the order needs no further query.
    return next((paper for paper in order.evaluations.all() if paper.state == state), None)


def begun(order: Order, now: datetime) -> Evaluation:
    """The draft, or a new one that isn't saved: what the system knows stands in it, marked as such."""
    return draft_of(order) or _fresh(order, now)


def _fresh(order: Order, now: datetime) -> Evaluation:
    filled = Sheet.model_validate(prefilled(findings(order, now))).model_dump(mode="json")
    rounds = len(order.evaluations.all())
    return Evaluation(order=order, round=rounds + 1, content=filled, prefilled=filled, saved_at=now)


def _put(paper: Evaluation, given: Mapping[str, Any]) -> bool:
    before, paper.content = paper.content, merged(paper.content, given)
    return bool(paper.content != before)


def _require_writable(order: Order) -> None:
    if order.stage == OrderStage.ACCEPTED:
        return
    if order.stage == OrderStage.DECIDING:
        raise Refused(
            _(
                "The evaluation of %(ref)s is being decided on and can't be edited. Recall it first; votes already cast lapse."
            )
            % {"ref": order.ref},
            "under_decision",
        )
    raise Refused(
        _("%(ref)s is in stage “%(stage)s”; its evaluation is written while it is accepted.")
        % {"ref": order.ref, "stage": stage_title(order.KIND, order.stage)},
        "not_accepted",
    )


DRAFTS = Drafts(SUBMIT, begun, _require_writable, _put, counter="version")
may_write, save = DRAFTS.may_write, DRAFTS.save


def next_round(paper: Evaluation, now: datetime, questions: str = "", asked_by: int | None = None) -> Evaluation:
    """A new draft with the content of one that came back; the old one stays as it was submitted."""
    return Evaluation.objects.create(
        order_id=paper.order_id, round=paper.round + 1, content=paper.content, prefilled=paper.prefilled,
        questions=questions, asked_by_id=asked_by, saved_at=now, authors=[],
    )  # fmt: skip


def limits(rules: Rules) -> Limits:
    """The company's limits between the levels of risk."""
    values = (rules.procedure.amount(f"risk_{name}_points") for name in ("medium", "high", "blocking"))
    return Limits(*(int(str(value)) for value in values))


def fingerprint(paper: Evaluation, order: Order) -> str:
    """What votes are about: the sheet, what the system knew, who decides, and the order itself. SHA-256, hex."""
    return digest(
        {
            "order": _order_facts(order),
            "round": paper.round,
            "content": paper.content,
            "known": paper.known,
            "body": paper.body,
        }
    )


def is_as_submitted(paper: Evaluation, order: Order) -> bool:
    """Whether neither the paper nor the order has changed since the paper was submitted."""
    return fingerprint(paper, order) == paper.content_hash


def _order_facts(order: Order) -> dict[str, Any]:
    texts = ("kind", "summary", "requirements", "payment_terms", "buyer_remark", "seller_remark", "region")
    money = ("goods_amount", "freight", "tax", "discount", "total")
    return {
        **{name: getattr(order, name) for name in texts},
        **{name: f"{getattr(order, name):.2f}" for name in money},
        "promised_on": None if order.promised_on is None else order.promised_on.isoformat(),
        "lines": [
            [line.number, line.sku, line.name, line.category, line.kind, line.quantity, f"{line.amount:.2f}"]
            for line in sorted(order.lines.all(), key=lambda line: line.number)
        ],
    }  # fmt: skip
