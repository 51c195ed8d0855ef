"""订单: the list with filters as chips, saved views, search and keyset paging."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiedan.acquisition.models import ChangeNotice
from jiedan.core import clock
from jiedan.core.lifecycle import LIFECYCLES, LIVING, OrderStage
from jiedan.kernel import rules
from jiedan.kernel.models import Deadline
from jiedan.kernel.naming import stage_title
from jiedan.kernel.offers import births
from jiedan.orders import access, vault
from jiedan.orders.models import Order
from jiedan.people.actor import Actor
from jiedan.people.models import Department
from jiedan.people.subject import NoSuchSubject
from jiedan.screens.counting import MOST, counted
from jiedan.screens.models import SavedView
from jiedan.screens.reading import clock_context, clock_view
from jiedan.screens.views.base import actor_of, page, readable

PAGE = 80
FILTERS = ("stage", "department", "channel", "due", "change", "q")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to."""

    stage: str = ""
    department: str = ""
    channel: str = ""
    due: str = ""
    change: str = ""
    q: str = ""

    @classmethod
    def read(cls, data: Mapping[str, str]) -> "Filters":
        """From the address; what isn't a known value is left out."""
        values = {name: data.get(name, "").strip()[:100] for name in FILTERS}
        if values["stage"] not in set(OrderStage):
            values["stage"] = ""
        if not (values["department"].isascii() and values["department"].isdigit() and len(values["department"]) < 18):
            values["department"] = ""
        if values["due"] not in ("overdue", "running"):
            values["due"] = ""
        if values["change"] != "waiting":
            values["change"] = ""
        return cls(**values)

    def address(self, **changes: str) -> str:
        """The list's address with these filters changed."""
        values = {name: getattr(self, name) for name in FILTERS} | changes
        query = urlencode({name: value for name, value in values.items() if value})
        return reverse("screens:orders") + (f"?{query}" if query else "")

    @property
    def query(self) -> str:
        """The filters as an address's query."""
        return urlencode({name: value for name in FILTERS if (value := getattr(self, name))})


def narrowed(rows: QuerySet[Order], filters: Filters, now: datetime) -> QuerySet[Order]:
    """The orders that the filters leave."""
    if filters.stage:
        rows = rows.filter(stage=filters.stage)
    if filters.department:
        rows = rows.filter(department=int(filters.department))
    if filters.channel:
        rows = rows.filter(channel=filters.channel)
    if filters.due == "overdue":
        rows = rows.filter(stage__in=LIVING, due_at__lt=now)
    elif filters.due == "running":
        rows = rows.filter(due_at__gte=now)
    if filters.change:
        rows = rows.filter(change_notices__state=ChangeNotice.PENDING)
    return rows.filter(_matching(filters.q)) if filters.q else rows


def _matching(text: str) -> Q:
    try:
        return Q(pk=Order.pk_of(text.upper()))
    except NoSuchSubject:
        pass
    digits = text.replace(" ", "").replace("-", "")
    if digits.isascii() and digits.isdigit() and len(digits) >= 11:
        return Q(phone_index=vault.blind_index("phone", digits)) | Q(external_id=text)
    return Q(external_id=text) | Q(summary__icontains=text)


@readable("order")
def order_list(request: HttpRequest) -> HttpResponse:
    """The list; with htmx only its table."""
    actor, now = actor_of(request), clock.now()
    filters = Filters.read(request.GET)
    rows = narrowed(access.visible(actor, Order), filters, now).select_related("department", "customer", "accepted_by")
    found, following = _page_of(rows, request.GET.get("after", ""))
    context = {
        "orders": _with_clocks(found, now),
        "next": following and f"{filters.address()}{'&' if filters.query else '?'}after={following}",
        "filters": filters,
        "change_address": filters.address(change="" if filters.change else "waiting"),
        "stages": _stage_chips(actor, filters),
        "departments": _department_chips(actor, filters),
        "views": _views(actor),
        "births": births(actor, "order"),
        **clock_context(now),
    }
    part = "#rows" if request.headers.get("HX-Target") == "rows" else ""
    return render(request, f"screens/order_list.html{part}", context)


def _page_of(rows: QuerySet[Order], after: str) -> tuple[list[Order], str]:
    """A page in the order of due time (those without one last) and number, from behind the cursor."""
    ordered = rows.order_by(F("due_at").asc(nulls_last=True), "pk")
    position = _position(after)
    if position is not None:
        due, pk = position
        behind = (
            Q(due_at=None, pk__gt=pk) if due is None else Q(due_at__gt=due) | Q(due_at=due, pk__gt=pk) | Q(due_at=None)
        )
        ordered = ordered.filter(behind)
    found = list(ordered[: PAGE + 1])
    if len(found) <= PAGE:
        return found, ""
    last = found[PAGE - 1]
    text = json.dumps([last.due_at.isoformat() if last.due_at else None, last.pk])
    return found[:PAGE], base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _position(text: str) -> tuple[datetime | None, int] | None:
    if not text:
        return None
    try:
        due, pk = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return (datetime.fromisoformat(due) if due else None), int(pk)
    except (ValueError, TypeError, binascii.Error):
        # A mangled address shows the first page rather than an error.
        return None


def _with_clocks(rows: list[Order], now: datetime) -> list[dict[str, Any]]:
    calendar = rules.in_force(now).calendar
    open_rows = Deadline.objects.filter(subject_type="order", subject_id__in=[row.pk for row in rows], ended_at=None)
    clocks = {row.subject_id: clock_view(row, now, calendar) for row in open_rows.order_by("-due_at")}
    return [{"order": row, "clock": clocks.get(row.pk)} for row in rows]


def _stage_chips(actor: Actor, filters: Filters) -> list[dict[str, Any]]:
    orders, stages = access.visible(actor, Order), list(LIFECYCLES["order"].titles)
    counts = counted({stage: orders.filter(stage=stage) for stage in stages})
    return [
        {
            "title": stage_title("order", stage),
            "count": f"{MOST}+" if counts[stage] >= MOST else counts[stage],
            "current": filters.stage == stage,
            "address": filters.address(stage="" if filters.stage == stage else stage),
        }
        for stage in stages
    ]


def _department_chips(actor: Actor, filters: Filters) -> list[dict[str, Any]]:
    reach = actor.reach(access.READERS["order"])
    rows = (
        Department.objects.filter(is_active=True) if reach is None else Department.objects.filter(pk__in=sorted(reach))
    )
    found = list(rows.order_by("path")[:30])
    if len(found) < 2:
        return []
    chosen = filters.department
    return [
        {
            "title": row.name,
            "current": chosen == str(row.pk),
            "address": filters.address(department="" if chosen == str(row.pk) else str(row.pk)),
        }
        for row in found
    ]


def _views(actor: Actor) -> list[SavedView]:
    mine = Q(owner=actor.staff_id)
    shared = Q(is_shared=True, owner__department=actor.department_id)
    return list(SavedView.objects.filter(mine | shared).select_related("owner").order_by("name")[:30])


@require_POST
@page
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the present filters under a name; the same name again replaces them."""
    name = request.POST.get("name", "").strip()[:40]
    filters = Filters.read(request.POST)
    if name:
        SavedView.objects.update_or_create(
            owner_id=actor_of(request).staff_id,
            name=name,
            defaults={"query": filters.query, "is_shared": request.POST.get("shared") == "1"},
        )
    return HttpResponseRedirect(filters.address())


@require_POST
@page
def drop_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget one of my views."""
    get_object_or_404(SavedView, pk=pk, owner=actor_of(request).staff_id).delete()
    return HttpResponseRedirect(reverse("screens:orders"))
