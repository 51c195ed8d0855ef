"""工作台: what waits for me, what is late, what changed (experience.md)."""

import json
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime

from jiedan.acquisition.models import ChangeNotice, Listing
from jiedan.core import clock
from jiedan.core.lifecycle import LIVING, ListingStage, OrderStage
from jiedan.kernel import rules
from jiedan.kernel.action import REGISTRY
from jiedan.kernel.kinds import MODELS
from jiedan.kernel.models import Deadline, Notice, Record
from jiedan.kernel.wording import path_of
from jiedan.orders import access
from jiedan.orders.models import Order
from jiedan.people.actor import Actor
from jiedan.screens.counting import MOST, counted
from jiedan.screens.duties import duties, held_listings
from jiedan.screens.next_steps import next_steps
from jiedan.screens.notices import shown
from jiedan.screens.reading import clock_context, clock_view, step_title
from jiedan.screens.views.base import actor_of, page

INBOX, LATE = 20, 20


@page
def workbench(request: HttpRequest) -> HttpResponse:
    """The first page of the day; `?part=inbox` is the inbox alone, for the page's own refreshing."""
    actor, now = actor_of(request), clock.now()
    context = {**_inbox(actor, now), **clock_context(now)}
    if request.GET.get("part") == "inbox":
        return render(request, "screens/workbench.html#inbox", context)
    context |= {
        "figures": _figures(actor, now),
        "to_decide": _to_decide(actor, now),
        "late": _late(actor, now),
        "changes": _changes(actor),
        **duties(actor, now),
        "held_listings": held_listings(actor, now),
        "next_steps": next_steps(actor),
        "now": now,
        "most": MOST,
        "tells": _told(actor),
    }
    return render(request, "screens/workbench.html", context)


def _inbox(actor: Actor, now: datetime) -> dict[str, Any]:
    waiting = access.visible(actor, Order).filter(stage__in=[OrderStage.ROUTED, OrderStage.UNROUTED])
    rows = list(waiting.select_related("department", "customer").order_by("due_at", "pk")[: INBOX + 1])
    clocks = _clocks("order", [row.pk for row in rows], now)
    accept, route = REGISTRY["acquisition.accept_order"], REGISTRY["acquisition.route_order"]
    items = [
        {
            "order": row,
            "clock": clocks.get(row.pk),
            "can_accept": row.stage == OrderStage.ROUTED and actor.grant(accept.by, row.department_id) is not None,
            "can_route": row.stage == OrderStage.UNROUTED and actor.grant(route.by, row.department_id) is not None,
        }
        for row in rows[:INBOX]
    ]
    return {"inbox": items, "more": len(rows) > INBOX, "reads_orders": access.may_read(actor, "order")}


def _clocks(kind: str, keys: list[int], now: datetime) -> dict[int, Any]:
    calendar = rules.in_force(now).calendar
    rows = Deadline.objects.filter(subject_type=kind, subject_id__in=keys, ended_at=None).order_by("-due_at")
    return {row.subject_id: clock_view(row, now, calendar) for row in rows}


def _figures(actor: Actor, now: datetime) -> dict[str, int]:
    """How many there are of each, counted up to MOST."""
    day = localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    orders = access.visible(actor, Order)
    # Whoever came in later has the greater number, so the newest are all that can be of today.
    newest = orders.order_by("-pk").values("pk")[:MOST]
    return counted(
        {
            "waiting": orders.filter(stage__in=[OrderStage.ROUTED, OrderStage.UNROUTED]),
            "overdue": orders.filter(stage__in=LIVING, due_at__lt=now),
            "today": orders.filter(pk__in=newest, received_at__gte=day),
            "accepted": orders.filter(accepted_at__gte=day),
            "listings": access.visible(actor, Listing).filter(stage=ListingStage.OPEN),
        },
        MOST,
    )


def _late(actor: Actor, now: datetime) -> list[dict[str, Any]]:
    rows = (
        access.visible(actor, Order)
        .filter(stage__in=LIVING, due_at__lt=now)
        .select_related("department")
        .order_by("due_at")[:LATE]
    )
    found = list(rows)
    clocks = _clocks("order", [row.pk for row in found], now)
    return [{"order": row, "clock": clocks.get(row.pk)} for row in found]


def _to_decide(actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """What platforms changed after acceptance and nobody has decided on yet, the most urgent first."""
    waiting = access.visible(actor, Order).filter(change_notices__state=ChangeNotice.PENDING)
    found = list(waiting.select_related("department").order_by(F("due_at").asc(nulls_last=True), "pk")[:LATE])
    clocks = _clocks("order", [row.pk for row in found], now) if found else {}
    return [{"order": row, "clock": clocks.get(row.pk)} for row in found]


def _changes(actor: Actor) -> list[dict[str, Any]]:
    since = clock.now() - timedelta(days=2)
    departments = actor.reach(actor.roles)
    rows = Record.objects.filter(subject_type__in=[k for k in ("order", "listing") if access.may_read(actor, k)])
    if departments is not None:
        rows = rows.filter(department__in=sorted(departments))
    rows = (
        rows.filter(entered_at__gte=since)
        .exclude(action="acquisition.read_order")
        .select_related("actor")
        .order_by("-pk")[:12]
    )
    found = list(rows)
    mine = {kind: _visible_keys(actor, kind, found) for kind in ("order", "listing")}
    # A record stays with the department it was made in; its subject may have moved on, out of this person's sight.
    return [_change(row) for row in found if row.subject_id in mine[row.subject_type]]


def _visible_keys(actor: Actor, kind: str, rows: list[Record]) -> set[int]:
    keys = {row.subject_id for row in rows if row.subject_type == kind}
    return set(access.visible(actor, MODELS[kind]).filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()


def _change(row: Record) -> dict[str, Any]:
    facts = json.loads(row.body)["facts"]
    ref = str(facts.get("ref", ""))
    return {"title": step_title(row.action), "ref": ref, "path": path_of(row.subject_type, ref), "row": row}


def _told(actor: Actor) -> list[dict[str, Any]]:
    rows = Notice.objects.filter(staff=actor.staff_id, read_at=None).select_related("record").order_by("-pk")[:6]
    return [shown(row) for row in rows]
