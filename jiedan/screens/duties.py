"""What waits for a person in taking orders: listings held, evaluations, decisions, customers to tell (2.1.1 to 2.2.3)."""

from datetime import datetime
from typing import Any

from django.db.models import F

from jiedan.acquisition.models import Listing
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.evaluation import papers, voting
from jiedan.evaluation.models import Evaluation
from jiedan.kernel import rules
from jiedan.kernel.action import REGISTRY
from jiedan.kernel.models import Deadline
from jiedan.orders import access
from jiedan.orders.models import Order
from jiedan.people.actor import Actor
from jiedan.screens.reading import clock_view
from jiedan.screens.square import HELD

SHOWN = 10


def duties(actor: Actor, _now: datetime) -> dict[str, list[Order]]:
    """The orders to evaluate, to decide on, and to tell their customers of, the most urgent first."""
    orders = access.visible(actor, Order).select_related("department")
    return {
        "to_evaluate": _mine(orders.filter(stage=OrderStage.ACCEPTED), actor, papers.SUBMIT),
        "to_vote": _to_vote(orders, actor),
        "to_tell": _mine(
            orders.filter(evaluations__state=Evaluation.DECLINED, evaluations__told_at=None, stage=OrderStage.DECLINED),
            actor,
            "evaluation.tell_customer",
        ),
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


def _mine(orders: Any, actor: Actor, step: str) -> list[Order]:
    reach = actor.reach(REGISTRY[step].by)
    if reach is not None:
        orders = orders.filter(department__in=sorted(reach))
    elif not actor.roles & REGISTRY[step].by:
        return []
    return list(orders.order_by(F("due_at").asc(nulls_last=True), "pk")[:SHOWN])


def _to_vote(orders: Any, actor: Actor) -> list[Order]:
    if not actor.roles & {Role.DEPARTMENT_HEAD, Role.DECISION_MAKER}:
        return []
    rows = orders.filter(stage=OrderStage.DECIDING).order_by(F("due_at").asc(nulls_last=True), "pk")
    found = {row.pk: row for row in rows[: SHOWN * 3]}
    waiting = Evaluation.objects.filter(order__in=found, state=Evaluation.SUBMITTED)
    asked = {row.order_id for row in waiting if voting.why_not(row, found[row.order_id], actor) is None}
    return [row for key, row in found.items() if key in asked][:SHOWN]
