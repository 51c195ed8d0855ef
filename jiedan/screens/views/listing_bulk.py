"""接单广场, many at once: what a step would do with each of the chosen listings, then what became of each (clause 2.1.1)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jiedan.acquisition.models import Listing
from jiedan.acquisition.scopes import Judge
from jiedan.core import clock
from jiedan.kernel import rules
from jiedan.kernel.action import REGISTRY, Action
from jiedan.orders import access
from jiedan.people.actor import Actor
from jiedan.people.models import Department
from jiedan.screens import saved_views
from jiedan.screens.many import taken, versions_seen, why_not
from jiedan.screens.square import Filters
from jiedan.screens.views.base import actor_of, page, readable
from jiedan.screens.views.listings import BULK

MOST = 100
"""Listings at once."""


@require_POST
@readable("listing")
def many(request: HttpRequest) -> HttpResponse:
    """First the preview, sent back with what the step needs the results."""
    actor, step = actor_of(request), request.POST.get("step", "")
    chosen = request.POST.getlist("listing")[:MOST]
    if step not in BULK or not chosen:
        nothing = {"nothing": _("Choose listings and a step.")}
        return render(request, "screens/listings_done.html", nothing, status=422)
    action = REGISTRY[step]
    given = {name: request.POST.get(name, "").strip() for name in action.input.model_fields}
    if "confirmed" not in request.POST:
        return _preview(request, action, chosen, given, {})
    missing = {name: _("This is required.") for name, value in given.items() if not value}
    if missing:
        return _preview(request, action, chosen, given, missing)
    results = taken(actor, action, chosen, given, versions_seen(request.POST, chosen))
    done = sum(result.done for result in results)
    context = {"title": action.title, "results": results, "done": done, "not_done": len(results) - done}
    return render(request, "screens/listings_done.html", context)


def _preview(
    request: HttpRequest, action: Action, chosen: list[str], given: Mapping[str, str], errors: Mapping[str, str]
) -> HttpResponse:
    actor, now = actor_of(request), clock.now()
    rows = _previewed(actor, action, chosen, now)
    context = {
        "action": action,
        "step": request.POST["step"],
        "rows": rows,
        "possible": sum(not row["why"] for row in rows),
        "given": given,
        "errors": errors,
        "departments": Department.objects.filter(is_active=True).exclude(parent=None).order_by("path")
        if "department" in given
        else [],
    }
    return render(request, "screens/listings_many.html", context, status=422 if errors else 200)


def _previewed(actor: Actor, action: Action, chosen: list[str], now: datetime) -> list[dict[str, Any]]:
    listings = access.several(actor, Listing, chosen).select_related("department", "claimed_by").order_by("pk")
    judge, current = Judge.of(None, now), rules.in_force(now)
    names = dict(Department.objects.filter(pk__in=judge.scopes).values_list("pk", "name"))
    rows = []
    for listing in listings:
        where, scores = judge.best(listing)
        best = "" if where is None else f"{names[where]} {scores[where]}"
        rows.append({"listing": listing, "why": why_not(actor, action, listing, now, current), "best": best})
    return rows


@require_POST
@page
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the square's present filters under a name; the same name again replaces them."""
    filters, shared = Filters.read(request.POST), request.POST.get("shared") == "1"
    saved_views.keep(actor_of(request), saved_views.LISTINGS, request.POST.get("name", ""), filters.query, shared)
    return HttpResponseRedirect(filters.address())
