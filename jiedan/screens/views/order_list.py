"""订单: the list with filters as chips, saved views, search and keyset paging."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiedan.acquisition.models import ChangeNotice
from jiedan.core import clock, invisible, names, telephones
from jiedan.core.lifecycle import LIFECYCLES, LIVING, OrderStage
from jiedan.kernel import rules
from jiedan.kernel.counting import MOST
from jiedan.kernel.naming import stage_title
from jiedan.kernel.offers import births
from jiedan.orders import access, vault
from jiedan.orders.models import Order
from jiedan.orders.urgent import by_due_time, in_stages, most_urgent
from jiedan.people.actor import Actor
from jiedan.people.subject import NoSuchSubject
from jiedan.screens import saved_views
from jiedan.screens.countdown import clock_context
from jiedan.screens.models import SavedView
from jiedan.screens.rows import add_clocks, order_rows
from jiedan.screens.views.base import actor_of, page, readable
from jiedan.screens.views.many import steps_for

PAGE = 80
DIALLED = 10
"""Digits from which a number looked for is a telephone's or a platform's, and no part of what was ordered."""
_TAIL = re.compile(r"\d{4}", re.ASCII)
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
        values = {name: invisible.removed(data.get(name, ""))[:100] for name in FILTERS}
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


def _first(actor: Actor, filters: Filters, now: datetime, behind: list[Q]) -> QuerySet[Order]:
    """A page and one more of the orders that the filters leave, from behind the cursor."""
    if filters.change or filters.q:
        found = access.visible(actor, Order).filter(*narrowed(filters, now), *behind)
        return found.order_by(*by_due_time())[: PAGE + 1]
    departments = [int(filters.department)] if filters.department else None
    stages = [filters.stage] if filters.stage else list(OrderStage)
    return most_urgent(actor, stages, PAGE + 1, *narrowed(filters, now), *behind, departments=departments)


def narrowed(filters: Filters, now: datetime) -> list[Q]:
    """What the filters ask of an order."""
    found = []
    if filters.stage:
        found.append(Q(stage=filters.stage))
    if filters.department:
        found.append(Q(department=int(filters.department)))
    if filters.channel:
        found.append(Q(channel=filters.channel))
    if filters.due == "overdue":
        found.append(Q(stage__in=LIVING, due_at__lt=now))
    elif filters.due == "running":
        found.append(Q(due_at__gte=now))
    if filters.change:
        found.append(Q(change_notices__state=ChangeNotice.PENDING))
    return [*found, _matching(filters.q)] if filters.q else found


def _matching(text: str) -> Q:
    try:
        return Q(pk=Order.pk_of(text.upper()))
    except NoSuchSubject:
        pass
    # That there is something at all is what its index asks; SQLite takes it only when it is asked here as well.
    exactly = Q(external_id=text) & ~Q(external_id="")
    phone, name = telephones.read(text), names.told_alike(text)
    if phone is not None:
        exactly |= Q(phone_index=vault.blind_index("phone", phone.number)) & ~Q(phone_index="")
        if len(phone.number) >= DIALLED:
            return exactly
    elif name:
        exactly |= Q(name_index=vault.blind_index("name", name)) & ~Q(name_index="")
    if _TAIL.fullmatch(text):
        # 尾号: what people say of a number, and what the mask leaves of it.
        exactly |= Q(phone_masked__endswith=f"****{text}")
    return exactly | Q(summary__icontains=text)


@readable("order")
def order_list(request: HttpRequest) -> HttpResponse:
    """The list; with htmx only its table."""
    actor, now = actor_of(request), clock.now()
    filters = Filters.read(request.GET)
    calendar = rules.in_force(now).calendar
    found, following = _page_of(actor, filters, now, request.GET.get("after", ""))
    add_clocks(now, calendar, found)
    context = {
        "orders": found,
        "next": following and f"{filters.address()}{'&' if filters.query else '?'}after={following}",
        "filters": filters,
        "change_address": filters.address(change="" if filters.change else "waiting"),
        "stages": _stage_chips(actor, filters),
        "departments": _department_chips(actor, filters),
        "views": saved_views.of(actor, saved_views.ORDERS),
        "births": births(actor, "order"),
        "steps": steps_for(actor),
        **clock_context(now, calendar),
    }
    part = "#rows" if request.headers.get("HX-Target") == "rows" else ""
    return render(request, f"screens/order_list.html{part}", context)


def _behind(after: str) -> list[list[Q]]:
    """What comes behind the cursor in the order of due time and number: those with a due time, then those without."""
    position = _position(after)
    if position is None:
        return [[]]
    due, pk = position
    if due is None:
        return [[Q(due_at=None, pk__gt=pk)]]
    # Said as a range, which an index can begin to read at.
    return [[Q(due_at__gte=due), ~Q(due_at=due, pk__lte=pk)], [Q(due_at=None)]]


def _page_of(actor: Actor, filters: Filters, now: datetime, after: str) -> tuple[list[dict[str, Any]], str]:
    """The page behind the cursor, and the cursor of the next one if there is one."""
    found: list[dict[str, Any]] = []
    for behind in _behind(after):
        if len(found) <= PAGE:
            found += order_rows(_first(actor, filters, now, behind))
    if len(found) <= PAGE:
        return found, ""
    last = found[PAGE - 1]
    text = json.dumps([last["due_at"].isoformat() if last["due_at"] else None, last["pk"]])
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


def _stage_chips(actor: Actor, filters: Filters) -> list[dict[str, Any]]:
    stages = list(LIFECYCLES["order"].titles)
    counts = in_stages(actor, stages, MOST)
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
    nodes = [(node, pk) for pk, node in actor.tree.items() if (node.is_active if reach is None else pk in reach)]
    found = [(str(pk), node.name) for node, pk in sorted(nodes)][:30]
    if len(found) < 2:
        return []
    chosen = filters.department
    return [
        {
            "title": name,
            "current": chosen == pk,
            "address": filters.address(department="" if chosen == pk else pk),
        }
        for pk, name in found
    ]


@require_POST
@page
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the present filters under a name; the same name again replaces them."""
    filters, shared = Filters.read(request.POST), request.POST.get("shared") == "1"
    saved_views.keep(actor_of(request), saved_views.ORDERS, request.POST.get("name", ""), filters.query, shared)
    return HttpResponseRedirect(filters.address())


@require_POST
@page
def drop_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget one of my views."""
    view = get_object_or_404(SavedView, pk=pk, owner=actor_of(request).staff_id)
    view.delete()
    return HttpResponseRedirect(f"/{view.of}/")
