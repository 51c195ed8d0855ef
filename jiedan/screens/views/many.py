"""批量办理: a step on many orders, read first, then taken one by one with a result for each (clause 2.1.2).

Only steps that ask for nothing to be judged order by order; nobody decides, reviews or confirms by the dozen.
"""

from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from jiedan.core import clock
from jiedan.kernel import rules
from jiedan.kernel.action import REGISTRY, Action
from jiedan.kernel.errors import Invalid
from jiedan.kernel.inputs import validated
from jiedan.orders import access
from jiedan.orders.models import Order, OrderLine
from jiedan.people.actor import Actor
from jiedan.screens.fields import form_of, leftover, posted
from jiedan.screens.many import taken, versions_seen, why_not
from jiedan.screens.views.base import actor_of, readable

MOST = 100
STEPS = {
    "accept": "acquisition.accept_order",
    "transfer": "acquisition.transfer_order",
    "rebase": "acquisition.rebase_deadlines",
}
"""What can be done with many orders at once."""


def steps_for(actor: Actor) -> list[tuple[str, Action]]:
    """Those of them that the person's roles may take anywhere."""
    held = {grant.role for grant in actor.grants}
    return [(name, REGISTRY[code]) for name, code in STEPS.items() if held & REGISTRY[code].by]


@readable("order")
def many_orders(request: HttpRequest) -> HttpResponse:
    """The chosen orders as they will be seen by whoever answers for them (GET); the step taken on each (POST)."""
    actor = actor_of(request)
    given = request.POST if request.method == "POST" else request.GET
    action = dict(steps_for(actor)).get(given.get("step", ""))
    refs = list(dict.fromkeys(given.getlist("order")))[:MOST]
    if action is None or not refs:
        nothing = {"nothing": _("Choose orders in the list, and what is to be done with them.")}
        return render(request, "screens/many_orders.html", nothing, status=422)
    if request.method != "POST":
        return _preview(request, action, refs, {}, {}, 200)
    values = posted(request.POST, action.input)
    try:
        validated(action.input, values)
    except Invalid as invalid:
        return _preview(request, action, refs, request.POST.dict(), invalid.fields, invalid.status)
    results = taken(actor, action, refs, values, versions_seen(request.POST, refs))
    done = sum(result.done for result in results)
    context = {"action": action, "results": results, "done": done, "not_done": len(results) - done}
    return render(request, "screens/many_orders_done.html", context)


def _preview(
    request: HttpRequest, action: Action, refs: list[str], values: Any, errors: Any, status: int
) -> HttpResponse:
    actor = actor_of(request)
    fields = form_of(action.input, values, errors)
    context = {
        "action": action,
        "step": next(name for name, code in STEPS.items() if code == action.code),
        "rows": _rows(actor, action, refs),
        "fields": fields,
        "above": leftover(errors, fields),
        "errors": errors,
    }
    return render(request, "screens/many_orders.html", context, status=status)


def _rows(actor: Actor, action: Action, refs: list[str]) -> list[dict[str, Any]]:
    """Each order with its positions, and why the step can't be taken on it."""
    now = clock.now()
    current = rules.in_force(now)
    lines = Prefetch("lines", OrderLine.objects.order_by("number"))
    chosen = access.several(actor, Order, refs).select_related("department").prefetch_related(lines)
    return [
        {"order": order, "why": why_not(actor, action, order, now, current)}
        for order in chosen.order_by("due_at", "pk")
    ]
