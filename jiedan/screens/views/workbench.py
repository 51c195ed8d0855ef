"""工作台: what waits for me, what is late, what changed (experience.md)."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime

from jiedan.acquisition.models import ChangeNotice, Listing
from jiedan.core import clock
from jiedan.core.lifecycle import LIVING, ListingStage, OrderStage
from jiedan.kernel import rules
from jiedan.kernel.action import REGISTRY
from jiedan.kernel.counting import MOST, counted
from jiedan.kernel.kinds import MODELS
from jiedan.kernel.models import Notice, Record
from jiedan.kernel.wording import path_of
from jiedan.orders import access
from jiedan.orders.models import Order
from jiedan.orders.urgent import by_due_time, by_stretches, most_urgent
from jiedan.people.actor import Actor
from jiedan.screens.countdown import clock_context
from jiedan.screens.duties import duties, held_listings
from jiedan.screens.next_steps import next_steps
from jiedan.screens.notices import shown
from jiedan.screens.reading import step_title
from jiedan.screens.rows import add_clocks, order_rows
from jiedan.screens.views.base import actor_of, page

INBOX, LATE = 20, 20


@page
def workbench(request: HttpRequest) -> HttpResponse:
    """The first page of the day; `?part=inbox` is the inbox alone, for the page's own refreshing."""
    actor, now = actor_of(request), clock.now()
    calendar = rules.in_force(now).calendar
    context: dict[str, Any] = {**_inbox(actor), **clock_context(now, calendar)}
    if request.GET.get("part") == "inbox":
        add_clocks(now, calendar, context["inbox"])
        return render(request, "screens/workbench.html#inbox", context)
    late, to_decide = _late(actor, now), _to_decide(actor)
    add_clocks(now, calendar, context["inbox"], late, to_decide)
    context |= {
        "figures": _figures(actor, now),
        "to_decide": to_decide,
        "late": late,
        "changes": _changes(actor),
        **duties(actor, now),
        "held_listings": held_listings(actor, now),
        "next_steps": next_steps(actor),
        "now": now,
        "most": MOST,
        "tells": _told(actor),
    }
    return render(request, "screens/workbench.html", context)


def _inbox(actor: Actor) -> dict[str, Any]:
    rows = order_rows(most_urgent(actor, [OrderStage.ROUTED, OrderStage.UNROUTED], INBOX + 1))
    accept, route = REGISTRY["acquisition.accept_order"], REGISTRY["acquisition.route_order"]
    for row in rows:
        step = accept if row["stage"] == OrderStage.ROUTED else route
        row["can_take"] = actor.grant(step.by, row["department_id"]) is not None
    return {"inbox": rows[:INBOX], "more": len(rows) > INBOX, "reads_orders": access.may_read(actor, "order")}


def _figures(actor: Actor, now: datetime) -> dict[str, int]:
    """How many there are of each, counted up to MOST."""
    day = localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    orders = by_stretches(actor)
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
    return order_rows(most_urgent(actor, LIVING, LATE, due_before=now))


def _to_decide(actor: Actor) -> list[dict[str, Any]]:
    """What platforms changed after acceptance and nobody has decided on yet, the most urgent first."""
    waiting = access.visible(actor, Order).filter(change_notices__state=ChangeNotice.PENDING)
    return order_rows(waiting.order_by(*by_due_time())[:LATE])


def _changes(actor: Actor) -> list[dict[str, Any]]:
    since = clock.now() - timedelta(days=2)
    departments = actor.reach(actor.roles)
    rows = Record.objects.filter(subject_type__in=[k for k in ("order", "listing") if access.may_read(actor, k)])
    if departments is not None:
        rows = rows.filter(department__in=sorted(departments))
    found = list(
        rows.filter(entered_at__gte=since)
        .exclude(action__in=["acquisition.read_order", "acquisition.read_listing"])
        .order_by("-pk")
        .values_list("subject_type", "subject_id", "action", "body", "entered_at", "actor__name")[:12]
    )
    mine = {kind: _visible_keys(actor, kind, found) for kind in ("order", "listing")}
    # A record stays with the department it was made in; its subject may have moved on, out of this person's sight.
    return [_change(kind, action, body, at, who) for kind, key, action, body, at, who in found if key in mine[kind]]


def _visible_keys(actor: Actor, kind: str, rows: Sequence[tuple[Any, ...]]) -> set[int]:
    keys = {row[1] for row in rows if row[0] == kind}
    return set(access.visible(actor, MODELS[kind]).filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()


def _change(kind: str, action: str, body: str, entered_at: datetime, who: str | None) -> dict[str, Any]:
    ref = str(json.loads(body)["facts"].get("ref", ""))
    return {"title": step_title(action), "ref": ref, "path": path_of(kind, ref), "at": entered_at, "who": who}


def _told(actor: Actor) -> list[dict[str, Any]]:
    rows = Notice.objects.filter(staff=actor.staff_id, read_at=None).select_related("record").order_by("-pk")[:6]
    return [shown(row) for row in rows]
