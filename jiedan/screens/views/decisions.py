"""决策收件箱: the evaluations that I am asked to decide on, side by side; and who decides on what (clause 2.2.3)."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jiedan.core import clock
from jiedan.core.lifecycle import OrderStage
from jiedan.evaluation import bodies, papers, screening, voting
from jiedan.evaluation.asking import ballots
from jiedan.evaluation.models import Evaluation
from jiedan.evaluation.rules_input import as_text
from jiedan.evaluation.shown import names_of, paper_view
from jiedan.evaluation.wording import level, mode
from jiedan.kernel import rules
from jiedan.kernel.action import REGISTRY
from jiedan.kernel.models import Deadline, Procedure
from jiedan.kernel.rules import Rules
from jiedan.orders.models import Order
from jiedan.orders.urgent import most_urgent
from jiedan.people.actor import Actor
from jiedan.screens.countdown import clock_context, clock_view
from jiedan.screens.views.base import actor_of, readable

SHOWN = 30


def asked(actor: Actor, now: datetime, current: Rules) -> list[dict[str, Any]]:
    """The orders that wait for this person's vote, the most urgent first, and those that wait for others'."""
    orders = most_urgent(actor, [OrderStage.DECIDING], SHOWN).select_related("department")
    # Whether an order changed since it was evaluated is seen from its lines, too.
    rows = list(orders.prefetch_related("lines"))
    found = Evaluation.objects.filter(order__in=rows, state=Evaluation.SUBMITTED)
    papers = found.select_related("submitted_by", "submitted_for").prefetch_related(ballots())
    by_order = {paper.order_id: paper for paper in papers}
    names = names_of(by_order.values())
    clocks = {
        row.subject_id: clock_view(row, now, current.calendar)
        for row in Deadline.objects.filter(
            subject_type=Order.KIND, subject_id__in=[row.pk for row in rows], name="decide_order", ended_at=None
        )
    }
    return [
        {
            "order": order,
            "paper": by_order[order.pk],
            "why_not": voting.why_not(by_order[order.pk], order, actor, names),
            "names": names,
            "clock": clocks.get(order.pk),
        }
        for order in rows
        if order.pk in by_order
    ]


@readable("order")
def decisions_page(request: HttpRequest) -> HttpResponse:
    """What waits for my vote, with the papers side by side; and what waits for others'."""
    actor, now = actor_of(request), clock.now()
    current = rules.in_force(now)
    rows = asked(actor, now, current)
    mine = [row for row in rows if row["why_not"] is None]
    for row in mine:
        row["view"] = paper_view(row["order"], row["paper"], now, current, row["names"])
        row["needs_reason"] = row["paper"].legally_blocked and voting.sits_as_decider(row["paper"], actor)
    others = [
        row | {"who": voting.asked_titles(row["paper"], row["names"])} for row in rows if row["why_not"] is not None
    ]
    context = {"mine": mine, "others": others, **clock_context(now, current.calendar)}
    return render(request, "evaluation/decisions.html", context)


@readable("procedure")
def decision_rules_page(request: HttpRequest) -> HttpResponse:
    """Who decides on what, what is screened against, and every version before."""
    actor, now = actor_of(request), clock.now()
    edition, listed = bodies.newest_at(now), screening.newest()
    context = {
        "edition": edition,
        "rules": [
            {
                "rule": rule,
                "text": as_text([rule]),
                "mode": mode(rule.mode),
                "from": level(rule.risk_from),
                "to": level(rule.risk_to),
            }
            for rule in edition.rules
        ],
        "editions": bodies.editions(),
        "listed": listed,
        "lists": screening.editions(),
        "may_set": REGISTRY["evaluation.set_decision_rules"].grant(actor, None) is not None,
        "book": Procedure.objects.get(pk=1),
        "limits": papers.limits(rules.in_force(now)),
    }
    return render(request, "evaluation/rules.html", context)
