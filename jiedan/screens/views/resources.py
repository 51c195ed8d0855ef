"""资源: what the company does and has: catalogue, stock, equipment, and who is free for it (clauses 2.2.1, 3.2.1, 3.2.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.timezone import localdate

from jiedan.core import clock
from jiedan.core.availability import FreeHours, FreePieces, Take, free_stock
from jiedan.core.lifecycle import EquipmentStage, ItemStage
from jiedan.kernel.offers import births
from jiedan.orders import access
from jiedan.orders.models import Order
from jiedan.people.actor import Actor
from jiedan.people.models import Department
from jiedan.resources import capacity, needs
from jiedan.resources.entry import hours_of
from jiedan.resources.models import Equipment, Item, ItemCode
from jiedan.screens.views.base import actor_of, readable

PAGE = 50
SHOWN = 8
"""So many of the orders that take something are named; further ones are counted."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed by; what isn't known is left out."""

    q: str = ""
    department: str = ""
    kind: str = ""

    @classmethod
    def read(cls, data: QueryDict) -> "Filters":
        """The filters of an address."""
        department, kind = data.get("department", ""), data.get("kind", "")
        return cls(
            data.get("q", "").strip()[:100],
            department if department.isascii() and department.isdigit() and len(department) < 10 else "",
            kind if kind in (Item.PRODUCT, Item.SERVICE, ItemStage.WITHDRAWN) else "",
        )

    def address(self, **changes: str) -> str:
        """The list's address with these filters changed."""
        values = {"q": self.q, "department": self.department, "kind": self.kind} | changes
        return "?" + urlencode({name: value for name, value in values.items() if value})

    def items(self, actor: Actor) -> QuerySet[Item]:
        """The items that they leave."""
        rows = access.visible(actor, Item).filter(
            stage=self.kind if self.kind == ItemStage.WITHDRAWN else ItemStage.OFFERED
        )
        if self.kind in (Item.PRODUCT, Item.SERVICE):
            rows = rows.filter(kind=self.kind)
        if self.department:
            rows = rows.filter(Q(department=int(self.department)) | Q(also=int(self.department))).distinct()
        if self.q:
            codes = Q(pk__in=ItemCode.objects.filter(code__icontains=self.q).values("item"))
            words = codes | Q(name__icontains=self.q) | Q(category__icontains=self.q)
            rows = rows.filter(words | Q(pk__in=access.visible(actor, Item).filter(skills__name=self.q).values("pk")))
        return rows.select_related("department").order_by("code")


@readable("item")
def catalogue_page(request: HttpRequest) -> HttpResponse:
    """The catalogue, by code."""
    actor, filters = actor_of(request), Filters.read(request.GET)
    found, following = _page_of(filters.items(actor).prefetch_related("skills", "also"), request.GET.get("after", ""))
    rows = [{"item": item, "hours": hours_of(item.minutes) if item.minutes else ""} for item in found]
    kinds = (Item.PRODUCT, Item.SERVICE, ItemStage.WITHDRAWN)
    context = {"rows": rows, "kinds": [(kind, filters.kind == kind, _toggled(filters, kind)) for kind in kinds]}
    return render(request, "resources/catalogue.html", context | _around(actor, filters, following, "catalogue"))


def _toggled(filters: Filters, kind: str) -> str:
    return filters.address(kind="" if filters.kind == kind else kind)


@readable("item")
def stock_page(request: HttpRequest) -> HttpResponse:
    """What is on hand of goods, what open orders need of it, and what is left."""
    actor, filters = actor_of(request), Filters.read(request.GET)
    goods = filters.items(actor).filter(kind=Item.PRODUCT)
    found, following = _page_of(goods, request.GET.get("after", ""))
    context = {"rows": stock_rows(found, actor)}
    return render(request, "resources/stock.html", context | _around(actor, filters, following, "stock"))


def stock_rows(items: Sequence[Item], actor: Actor) -> list[dict[str, Any]]:
    """Each item with what is left of it, and the orders that take it as far as this person may see them."""
    taken = needs.of_stock([item.pk for item in items])
    stocks = {item.pk: free_stock(item.on_hand or 0, taken.get(item.pk, [])) for item in items}
    mine = _visible_refs([take for stock in stocks.values() for take in stock.takes[:SHOWN]], actor)
    return [
        {"item": item, "stock": stocks[item.pk], "takes": _named(stocks[item.pk].takes, mine, str)} for item in items
    ]


@readable("equipment")
def equipment_page(request: HttpRequest) -> HttpResponse:
    """The equipment of my departments, and what is out of order."""
    actor, filters, today = actor_of(request), Filters.read(request.GET), localdate(clock.now())
    rows = access.visible(actor, Equipment).filter(stage=EquipmentStage.IN_USE)
    if filters.department:
        rows = rows.filter(department=int(filters.department))
    if filters.q:
        rows = rows.filter(Q(number__icontains=filters.q) | Q(name__icontains=filters.q) | Q(kind__icontains=filters.q))
    ordered = rows.select_related("department").prefetch_related("outages").order_by("number")
    found, following = _page_of(ordered, request.GET.get("after", ""), "number")
    context = {"rows": [{"piece": piece, "outages": _outages(piece, today)} for piece in found], "today": today}
    return render(request, "resources/equipment.html", context | _around(actor, filters, following, "equipment"))


def _outages(piece: Equipment, today: date) -> list[dict[str, Any]]:
    rows = sorted(piece.outages.all(), key=lambda row: row.since)
    return [{"row": row, "now": row.span.covers(today)} for row in rows if row.until is None or row.until >= today]


@readable("item")
def capacity_page(request: HttpRequest) -> HttpResponse:
    """Who has which skill with how many free hours in the weeks ahead, and which equipment is free."""
    actor, now, filters = actor_of(request), clock.now(), Filters.read(request.GET)
    departments = _reached(actor)
    chosen = [row for row in departments if filters.department in ("", str(row.pk))]
    context = {
        "departments_shown": capacity_of(chosen, actor, now),
        "weeks": [(weeks, capacity.ahead(now, weeks)) for weeks in capacity.WEEKS],
    }
    return render(request, "resources/capacity.html", context | _around(actor, filters, "", "capacity"))


def capacity_of(departments: Sequence[Department], actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """Skills and equipment by department, with the orders behind the figures that this person may see."""
    skills, equipment = capacity.of_departments([row.pk for row in departments], now)
    spans: list[FreeHours | FreePieces] = [row.hours[-1] for row in skills] + [row.pieces[-1] for row in equipment]
    mine = _visible_refs([take for span in spans for take in span.takes[:SHOWN]], actor)
    return [
        {
            "department": department,
            "skills": [
                {"row": row, "takes": _named(row.hours[-1].takes, mine, hours_of)}
                for row in skills
                if row.department == department.pk
            ],
            "equipment": [
                {"row": row, "takes": _named(row.pieces[-1].takes, mine, hours_of)}
                for row in equipment
                if row.department == department.pk
            ],
        }
        for department in departments
    ]


def resource_facts(subject: Item | Equipment, actor: Actor, now: datetime) -> dict[str, Any]:
    """What the page of an item or of a piece of equipment shows besides steps and records."""
    if isinstance(subject, Equipment):
        return {"outages": subject.outages.order_by("-since"), "today": localdate(now)}
    return {
        "hours": hours_of(subject.minutes),
        "skills": subject.skills.order_by("name"),
        "also": subject.also.order_by("path"),
        "codes": subject.codes.exclude(code=subject.code).order_by("code"),
        "stock": stock_rows([subject], actor)[0] if subject.kind == Item.PRODUCT else None,
        "changes": subject.stock_changes.select_related("by").order_by("-pk")[:20],
    }


def _visible_refs(takes: Sequence[Take], actor: Actor) -> frozenset[str]:
    keys = {Order.pk_of(take.order) for take in takes}
    if not keys:
        return frozenset()
    return frozenset(order.ref for order in access.visible(actor, Order).filter(pk__in=sorted(keys)))


def _named(takes: Sequence[Take], mine: frozenset[str], say: Any) -> dict[str, Any]:
    """The orders that take the most, by number where the person may see them; the others are only counted."""
    shown = [(take.order, say(take.amount)) for take in takes[:SHOWN] if take.order in mine]
    return {"orders": len(takes), "shown": shown, "others": len(takes) - len(shown)}


def _page_of(rows: QuerySet[Any], after: str, by: str = "code") -> tuple[list[Any], str]:
    """A page from behind the cursor."""
    if after:
        rows = rows.filter(**{f"{by}__gt": after[:128]})
    found = list(rows[: PAGE + 1])
    return found[:PAGE], getattr(found[PAGE - 1], by) if len(found) > PAGE else ""


def _reached(actor: Actor) -> list[Department]:
    reach = actor.reach(access.READERS["equipment"])
    rows = Department.objects.filter(is_active=True).exclude(parent=None)
    return list((rows if reach is None else rows.filter(pk__in=sorted(reach))).order_by("path")[:30])


def _around(actor: Actor, filters: Filters, following: str, tab: str) -> dict[str, Any]:
    """The tabs, the search, the chips and the way on."""
    own = tab in ("equipment", "capacity")
    found = _reached(actor) if own else list(Department.objects.filter(is_active=True).exclude(parent=None)[:30])
    return {
        "tab": tab,
        "filters": filters,
        "next": following and f"{filters.address()}&{urlencode({'after': following})}".replace("?&", "?"),
        "departments": [
            {
                "title": row.name,
                "current": filters.department == str(row.pk),
                "address": filters.address(department="" if filters.department == str(row.pk) else str(row.pk)),
            }
            for row in (found if len(found) > 1 else [])
        ],
        "item_births": births(actor, "item"),
        "equipment_births": births(actor, "equipment"),
    }
