"""What waits for a person in taking orders: listings held, evaluations, decisions, customers to tell (2.1.1 to 2.2.3)."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from jiedan.acquisition.models import Listing
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.evaluation import papers, voting
from jiedan.evaluation.asking import ballots
from jiedan.evaluation.models import Evaluation
from jiedan.kernel import rules
from jiedan.kernel.action import REGISTRY
from jiedan.kernel.models import Deadline
from jiedan.orders import access
from jiedan.orders.models import Order
from jiedan.orders.urgent import most_urgent
from jiedan.people.actor import Actor
from jiedan.screens.countdown import clock_view
from jiedan.screens.rows import order_rows
from jiedan.screens.square import HELD

SHOWN = 10


def duties(actor: Actor, _now: datetime) -> dict[str, list[Any]]:
    """The orders to evaluate, to decide on, and to tell their customers of, the most urgent first."""
    untold = Evaluation.objects.filter(order=OuterRef("pk"), state=Evaluation.DECLINED, told_at=None)
    return {
        "to_evaluate": _mine(actor, papers.SUBMIT, OrderStage.ACCEPTED),
        "to_vote": _to_vote(actor),
        "to_tell": _mine(actor, "evaluation.tell_customer", OrderStage.DECLINED, Q(Exists(untold))),
    }


def held_listings(actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """The listings that a person holds with the clock that runs, the most urgent first (clause 2.1.1)."""
    held = access.visible(actor, Listing).filter(claimed_by=actor.staff_id, stage__in=HELD)
    rows = list(held.order_by(F("due_at").asc(nulls_last=True), "pk")[:SHOWN])
    if not rows:
        return []
    running = Deadline.objects.filter(subject_type=Listing.KIND, subject_id__in=[row.pk for row in rows], ended_at=None)
    calendar = rules.in_force(now).calendar
    clocks = {row.subject_id: clock_view(row, now, calendar) for row in running.order_by("-due_at")}
    return [{"listing": row, "clock": clocks.get(row.pk)} for row in rows]


def _mine(actor: Actor, step: str, stage: OrderStage, *narrow: Q) -> list[dict[str, Any]]:
    by = REGISTRY[step].by
    if not actor.roles & by:
        return []
    return order_rows(most_urgent(actor, [stage], SHOWN, *narrow, departments=actor.reach(by)))


def _to_vote(actor: Actor) -> list[Order]:
    if not actor.roles & {Role.DEPARTMENT_HEAD, Role.DECISION_MAKER}:
        return []
    rows = most_urgent(actor, [OrderStage.DECIDING], SHOWN * 3).select_related("department")
    found = {row.pk: row for row in rows}
    waiting = Evaluation.objects.filter(order__in=found, state=Evaluation.SUBMITTED).prefetch_related(ballots())
    asked = {row.order_id for row in waiting if voting.may_vote(row, actor)}
    return [row for key, row in found.items() if key in asked][:SHOWN]
