"""接单广场: listings to claim (clause 2.1.1)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jiedan.acquisition.models import Listing
from jiedan.core import clock
from jiedan.core.lifecycle import LIFECYCLES, ListingStage
from jiedan.kernel import rules
from jiedan.kernel.action import REGISTRY
from jiedan.kernel.models import Deadline
from jiedan.kernel.naming import stage_title
from jiedan.kernel.offers import births
from jiedan.orders import access
from jiedan.screens.reading import clock_context, clock_view
from jiedan.screens.views.base import actor_of, readable

PAGE = 60


@readable("listing")
def listing_list(request: HttpRequest) -> HttpResponse:
    """The square: open listings first, narrowed to one stage by a chip."""
    actor, now = actor_of(request), clock.now()
    stage = request.GET.get("stage", "")
    stage = stage if stage in set(ListingStage) else ListingStage.OPEN
    rows = access.visible(actor, Listing).filter(stage=stage).select_related("department", "claimed_by")
    rows = rows.order_by("due_at", "-pk")[:PAGE]
    claim = REGISTRY["acquisition.claim_listing"]
    context: dict[str, Any] = {
        "cards": [_card(row, actor.grant(claim.by, row.department_id) is not None) for row in rows],
        "stages": [
            {"title": stage_title("listing", name), "current": name == stage, "address": f"?stage={name}"}
            for name in LIFECYCLES["listing"].titles
        ],
        "births": births(actor, "listing"),
        **clock_context(now),
    }
    calendar = rules.in_force(now).calendar
    keys = [card["listing"].pk for card in context["cards"]]
    open_rows = Deadline.objects.filter(subject_type="listing", subject_id__in=keys, ended_at=None)
    clocks = {row.subject_id: clock_view(row, now, calendar) for row in open_rows}
    for card in context["cards"]:
        card["clock"] = clocks.get(card["listing"].pk)
    return render(request, "screens/listing_list.html", context)


def _card(listing: Listing, mine: bool) -> dict[str, Any]:
    return {"listing": listing, "can_claim": mine and listing.stage == ListingStage.OPEN}
