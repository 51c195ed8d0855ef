"""接单广场: listings to claim, scored by what departments declare, and those declarations (clause 2.1.1)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.timezone import localdate

from jiedan.acquisition.models import Listing, ScopeVersion
from jiedan.acquisition.scope_input import SetScope, as_typed
from jiedan.acquisition.scopes import Judge, newest
from jiedan.core import clock
from jiedan.core.fit import Scope
from jiedan.core.lifecycle import LIFECYCLES, ListingStage
from jiedan.kernel import rules
from jiedan.kernel.action import REGISTRY
from jiedan.kernel.models import Deadline, Procedure
from jiedan.kernel.naming import stage_title
from jiedan.kernel.offers import births
from jiedan.orders import access
from jiedan.people.actor import Actor
from jiedan.people.models import Department
from jiedan.people.subject import NoSuchSubject
from jiedan.screens.counting import MOST, counted
from jiedan.screens.fitting import FAIR, GOOD, fit_view
from jiedan.screens.reading import clock_context, clock_view
from jiedan.screens.views.base import actor_of, readable

PAGE = 30
HELD = (ListingStage.CLAIMED, ListingStage.CONTACTED)
SORTS = ("fit", "newest")
FILTERS = ("stage", "department", "least", "q", "sort")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the square is narrowed by; what isn't known is left out."""

    stage: str = ListingStage.OPEN
    department: str = ""
    least: str = ""
    q: str = ""
    sort: str = "fit"

    @classmethod
    def read(cls, data: QueryDict) -> "Filters":
        """The filters of an address."""
        stage, least = data.get("stage", ""), data.get("least", "")
        department, sort = data.get("department", ""), data.get("sort", "")
        return cls(
            stage=stage if stage in set(ListingStage) else ListingStage.OPEN,
            department=department if department.isascii() and department.isdigit() and len(department) < 10 else "",
            least=least if least in (str(FAIR), str(GOOD)) else "",
            q=data.get("q", "").strip()[:100],
            sort=sort if sort in SORTS else "fit",
        )

    def address(self, **changes: str) -> str:
        """The square's address with these filters changed."""
        values = {name: getattr(self, name) for name in FILTERS} | changes
        plain = {"stage": ListingStage.OPEN.value, "sort": "fit"}
        return "?" + urlencode({name: value for name, value in values.items() if value and plain.get(name) != value})


@readable("listing")
def listing_list(request: HttpRequest) -> HttpResponse:
    """The square: open listings by how well they fit, narrowed by chips and words."""
    actor, now = actor_of(request), clock.now()
    filters = Filters.read(request.GET)
    rows, following = _page_of(_narrowed(actor, filters), filters, request.GET.get("after", ""))
    context: dict[str, Any] = {
        "cards": _cards(rows, actor, now),
        "next": following and f"{filters.address()}&after={following}",
        "filters": filters,
        **_chips(actor, filters),
        "births": births(actor, "listing"),
        "may_import": bool(births(actor, "import")),
        **clock_context(now),
    }
    return render(request, "screens/listing_list.html", context)


def _narrowed(actor: Actor, filters: Filters) -> QuerySet[Listing]:
    rows = access.visible(actor, Listing).filter(stage=filters.stage)
    if filters.department:
        rows = rows.filter(department=int(filters.department))
    if filters.least:
        rows = rows.filter(score__gte=int(filters.least))
    if filters.q:
        rows = rows.filter(_matching(filters.q))
    return rows.select_related("department", "claimed_by")


def _matching(text: str) -> Q:
    try:
        return Q(pk=Listing.pk_of(text.upper()))
    except NoSuchSubject:
        return Q(external_id=text) | Q(summary__icontains=text) | Q(category__icontains=text)


def _page_of(rows: QuerySet[Listing], filters: Filters, after: str) -> tuple[list[Listing], str]:
    """A page from behind the cursor: what people hold by its time limit, the rest by points or age."""
    if filters.stage in HELD:
        return list(rows.order_by("due_at", "pk")[:200]), ""
    score, _dot, pk = after.partition(".")
    known = pk.isascii() and pk.isdigit() and len(pk) < 19 and score.lstrip("-").isdigit() and len(score) < 4
    if filters.sort == "newest":
        ordered = rows.order_by("-pk").filter(pk__lt=int(pk)) if known else rows.order_by("-pk")
    else:
        ordered = rows.order_by("-score", "-pk")
        if known:
            ordered = ordered.filter(Q(score__lt=int(score)) | Q(score=int(score), pk__lt=int(pk)))
    found = list(ordered[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return found[:PAGE], f"{last.score}.{last.pk}" if last else ""


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
            "can_claim": row.stage == ListingStage.OPEN and not found["prohibited"] and _may(actor, "claim", row),
            "can_assign": row.stage == ListingStage.OPEN
            and row.department.parent_id is None
            and _may(actor, "assign", row),
        }
        for row in rows
    ]


def _may(actor: Actor, step: str, row: Listing) -> bool:
    return REGISTRY[f"acquisition.{step}_listing"].grant(actor, row.department_id) is not None


def _chips(actor: Actor, filters: Filters) -> dict[str, Any]:
    rows, stages = access.visible(actor, Listing), list(LIFECYCLES["listing"].titles)
    counts = counted({stage: rows.filter(stage=stage) for stage in stages})
    departments = _departments(actor)
    return {
        "stages": [
            {
                "title": stage_title("listing", stage),
                "count": f"{MOST}+" if counts[stage] >= MOST else counts[stage],
                "current": stage == filters.stage,
                "address": filters.address(stage=stage),
            }
            for stage in stages
        ],
        "departments": [
            {
                "title": row.name,
                "current": filters.department == str(row.pk),
                "address": filters.address(department="" if filters.department == str(row.pk) else str(row.pk)),
            }
            for row in (departments if len(departments) > 1 else [])
        ],
        "points": [
            {
                "least": least,
                "current": filters.least == str(least),
                "address": filters.address(least="" if filters.least == str(least) else str(least)),
            }
            for least in (FAIR, GOOD)
        ],
        "newest": {
            "current": filters.sort == "newest",
            "address": filters.address(sort="fit" if filters.sort == "newest" else "newest"),
        },
    }


def _departments(actor: Actor) -> list[Department]:
    reach = actor.reach(access.READERS["listing"])
    rows = Department.objects.filter(is_active=True)
    return list((rows if reach is None else rows.filter(pk__in=sorted(reach))).order_by("path")[:30])


def listing_facts(listing: Listing, now: datetime) -> dict[str, Any]:
    """How well a listing fits its department, for its page."""
    return {"fit": fit_view(Judge.of([listing.department_id], now).fit(listing)), "today": localdate(now)}


@readable("listing")
def scopes_page(request: HttpRequest) -> HttpResponse:
    """What each department declares that it takes on; its head changes it."""
    actor, step = actor_of(request), REGISTRY["acquisition.set_scope"]
    departments = [row for row in _departments(actor) if row.parent_id is not None]
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
