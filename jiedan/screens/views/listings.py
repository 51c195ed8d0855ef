"""接单广场: listings to claim, scored by what departments declare, and those declarations (clause 2.1.1)."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jiedan.acquisition.models import Listing, ScopeVersion
from jiedan.acquisition.scope_input import SetScope, as_typed
from jiedan.acquisition.scopes import Judge, newest
from jiedan.core import clock
from jiedan.core.fit import Scope
from jiedan.core.lifecycle import ListingStage
from jiedan.kernel import rules
from jiedan.kernel.action import REGISTRY
from jiedan.kernel.models import Deadline, Procedure
from jiedan.kernel.offers import births
from jiedan.people.actor import Actor
from jiedan.screens import saved_views
from jiedan.screens.countdown import clock_context, clock_view
from jiedan.screens.fitting import fit_view
from jiedan.screens.square import SOON, Filters, chips, departments_of, narrowed, page_of
from jiedan.screens.views.base import actor_of, readable

BULK = ("acquisition.dismiss_listing", "acquisition.pass_on_listing", "acquisition.assign_listing")
"""The steps that can be taken on many at once."""
CLAIM, ASSIGN = "acquisition.claim_listing", "acquisition.assign_listing"


@readable("listing")
def listing_list(request: HttpRequest) -> HttpResponse:
    """The square: open listings by how well they fit, narrowed by chips and words."""
    actor, now = actor_of(request), clock.now()
    filters = Filters.read(request.GET)
    found = narrowed(actor, filters, now).select_related("department", "claimed_by")
    rows, following = page_of(found, filters, request.GET.get("after", ""))
    cards = _cards(rows, actor, now)
    context: dict[str, Any] = {
        "cards": cards,
        "next": following and f"{filters.address()}&after={following}",
        "filters": filters,
        **chips(actor, filters, now),
        "bulk": [REGISTRY[code] for code in BULK if any(code in card["steps"] for card in cards)],
        "views": saved_views.of(actor, saved_views.LISTINGS),
        "births": births(actor, "listing"),
        "may_import": bool(births(actor, "import")),
        **clock_context(now),
    }
    return render(request, "screens/listing_list.html", context)


def _cards(rows: list[Listing], actor: Actor, now: datetime) -> list[dict[str, Any]]:
    judge = Judge.of({row.department_id for row in rows}, now)
    calendar = rules.in_force(now).calendar
    running = Deadline.objects.filter(subject_type="listing", subject_id__in=[row.pk for row in rows], ended_at=None)
    clocks = {row.subject_id: clock_view(row, now, calendar) for row in running.order_by("-due_at")}
    return [
        {
            "listing": row,
            "fit": (found := fit_view(judge.fit(row))),
            "clock": clocks.get(row.pk),
            "ends_soon": row.stage == ListingStage.OPEN and _ends_soon(row, now),
            "can_claim": row.stage == ListingStage.OPEN and not found["prohibited"] and _may(actor, CLAIM, row),
            "can_assign": row.stage == ListingStage.OPEN
            and row.department.parent_id is None
            and _may(actor, ASSIGN, row),
            "steps": [code for code in BULK if row.stage == ListingStage.OPEN and _may(actor, code, row)],
        }
        for row in rows
    ]


def _ends_soon(row: Listing, now: datetime) -> bool:
    return row.valid_until is not None and row.valid_until <= now + SOON


def _may(actor: Actor, code: str, row: Listing) -> bool:
    return REGISTRY[code].grant(actor, row.department_id) is not None


def listing_facts(listing: Listing, now: datetime) -> dict[str, Any]:
    """How well a listing fits its department, for its page."""
    return {
        "fit": fit_view(Judge.of([listing.department_id], now).fit(listing)),
        "ends_soon": listing.stage == ListingStage.OPEN and _ends_soon(listing, now),
    }


@readable("listing")
def scopes_page(request: HttpRequest) -> HttpResponse:
    """What each department declares that it takes on; its head changes it."""
    actor, step = actor_of(request), REGISTRY["acquisition.set_scope"]
    departments = [row for row in departments_of(actor) if row.parent_id is not None]
    found = newest([row.pk for row in departments])
    context = {
        "rows": [
            {
                "department": row,
                "version": found.get(row.pk),
                "says": _said(found.get(row.pk)),
                "may_set": actor.grant(step.by, row.pk) is not None,
            }
            for row in departments
        ],
        "book": Procedure.objects.get(pk=1),
        "action": step,
    }
    return render(request, "screens/scopes.html", context)


def _said(version: ScopeVersion | None) -> list[tuple[str, str]]:
    """What is declared, in words; nothing for what doesn't matter."""
    if version is None:
        return []
    typed = as_typed(Scope.read(version.scope))
    titles = {name: str(info.title) for name, info in SetScope.model_fields.items()}
    return [(titles[name], value.replace("|", "、")) for name, value in typed.items() if value]
