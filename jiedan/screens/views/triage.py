"""待分派: orders that no rule fits, the most urgent first, given to departments one by one or many at once (2.1.2)."""

from collections.abc import Mapping
from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from jiedan.core import clock
from jiedan.core.lifecycle import OrderStage
from jiedan.kernel import rules
from jiedan.kernel.action import REGISTRY
from jiedan.kernel.models import Deadline
from jiedan.orders import access
from jiedan.orders.models import Order
from jiedan.people.models import Department
from jiedan.screens.countdown import clock_context, clock_view
from jiedan.screens.many import Result, taken
from jiedan.screens.views.base import actor_of, readable
from jiedan.screens.views.routing import may_set

PAGE = 100
STEP = "acquisition.route_order"


@readable("order")
def unrouted(request: HttpRequest) -> HttpResponse:
    """The queue; sent back with orders and a department it gives each of them there and says what became of it."""
    actor = actor_of(request)
    results: list[Result] = []
    errors: dict[str, str] = {}
    if request.method == "POST":
        chosen = request.POST.getlist("shown" if "every" in request.POST else "order")[:PAGE]
        given = {name: request.POST.get(name, "").strip() for name in ("department", "reason")}
        errors = _missing(chosen, given)
        results = [] if errors else taken(actor, REGISTRY[STEP], chosen, given)
    company = Department.objects.get(parent=None)
    # They wait at the company itself; said here, because the index begins with the department.
    waiting = access.visible(actor, Order).filter(stage=OrderStage.UNROUTED, department=company)
    shown = list(waiting.order_by(F("due_at").asc(nulls_last=True), "pk")[:PAGE])
    done = sum(result.done for result in results)
    context = {
        "rows": _rows(shown),
        "count": waiting.count(),
        "most": PAGE,
        "may_give": REGISTRY[STEP].grant(actor, company.pk) is not None,
        "may_set": may_set(actor),
        "departments": Department.objects.filter(is_active=True).exclude(parent=None).order_by("path"),
        "results": results,
        "done": done,
        "not_done": len(results) - done,
        "errors": errors,
        "chosen": request.POST.getlist("order") if errors else [],
        "department": request.POST.get("department", "") if errors else "",
        "reason": request.POST.get("reason", "") if errors else "",
        **clock_context(clock.now()),
    }
    return render(request, "screens/routing_queue.html", context, status=422 if errors else 200)


def _missing(chosen: list[str], given: Mapping[str, str]) -> dict[str, str]:
    errors = {name: _("This is required.") for name, value in given.items() if not value}
    return errors if chosen else errors | {"order": _("Choose the orders first.")}


def _rows(orders: list[Order]) -> list[dict[str, Any]]:
    now = clock.now()
    calendar = rules.in_force(now).calendar
    keys = [order.pk for order in orders]
    running = Deadline.objects.filter(subject_type="order", subject_id__in=keys, name="route_order", ended_at=None)
    clocks = {row.subject_id: clock_view(row, now, calendar) for row in running}
    return [
        {"order": order, "clock": clocks.get(order.pk), "version": order.routed_by.get("version")} for order in orders
    ]
