"""接单广场 narrowed, ordered and counted: what the chips mean, for the square and for whoever keeps it as a view (2.1.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet

from jiedan.acquisition.models import Listing
from jiedan.core import invisible
from jiedan.core.lifecycle import LIFECYCLES, ListingStage
from jiedan.kernel.counting import MOST, counted
from jiedan.kernel.naming import stage_title
from jiedan.orders import access
from jiedan.people.actor import Actor
from jiedan.people.models import Department
from jiedan.people.subject import NoSuchSubject
from jiedan.screens.fitting import FAIR, GOOD

PAGE = 30
HELD = (ListingStage.CLAIMED, ListingStage.CONTACTED)
OVER = (ListingStage.WON, ListingStage.DISMISSED, ListingStage.LAPSED)
SORTS = ("fit", "newest")
MINE, ENDING, WAITING = "mine", "ending", "waiting"
ONLY = (MINE, ENDING, WAITING)
SOON = timedelta(days=3)
"""What ends within this time ends soon."""
FILTERS = ("stage", "department", "least", "only", "q", "sort")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the square is narrowed by; what isn't known is left out."""

    stage: str = ListingStage.OPEN
    department: str = ""
    least: str = ""
    only: str = ""
    q: str = ""
    sort: str = "fit"

    @classmethod
    def read(cls, data: Mapping[str, str]) -> "Filters":
        """The filters of an address."""
        stage, least, only = data.get("stage", ""), data.get("least", ""), data.get("only", "")
        department, sort = data.get("department", ""), data.get("sort", "")
        return cls(
            stage=stage if stage in set(ListingStage) else ListingStage.OPEN,
            department=department if department.isascii() and department.isdigit() and len(department) < 10 else "",
            least=least if least in (str(FAIR), str(GOOD)) else "",
            only=only if only in ONLY else "",
            q=invisible.removed(data.get("q", ""))[:100],
            sort=sort if sort in SORTS else "fit",
        )

    @property
    def query(self) -> str:
        """The filters as an address's query, without those that are so anyhow."""
        return self._query({})

    def address(self, **changes: str) -> str:
        """The square's address with these filters changed."""
        return f"/listings/?{self._query(changes)}"

    def _query(self, changes: Mapping[str, str]) -> str:
        values = {name: str(getattr(self, name)) for name in FILTERS} | dict(changes)
        plain = {"stage": ListingStage.OPEN.value, "sort": "fit"}
        return urlencode({name: value for name, value in values.items() if value and plain.get(name) != value})


def narrowed(actor: Actor, filters: Filters, now: datetime) -> QuerySet[Listing]:
    """The listings that the filters leave."""
    rows = access.visible(actor, Listing)
    rows = _only(rows, actor, filters.only, now) if filters.only else rows.filter(stage=filters.stage)
    if filters.department:
        rows = rows.filter(department=int(filters.department))
    if filters.least:
        rows = rows.filter(score__gte=int(filters.least))
    if filters.q:
        rows = rows.filter(_matching(filters.q))
    return rows


def _only(rows: QuerySet[Listing], actor: Actor, only: str, now: datetime) -> QuerySet[Listing]:
    if only == MINE:
        return rows.filter(claimed_by=actor.staff_id, stage__in=HELD)
    rows = rows.filter(stage=ListingStage.OPEN)
    if only == ENDING:
        return rows.filter(valid_until__gt=now, valid_until__lte=now + SOON)
    return rows.filter(Exists(Department.objects.filter(pk=OuterRef("department"), parent=None)))


def _matching(text: str) -> Q:
    try:
        return Q(pk=Listing.pk_of(text.upper()))
    except NoSuchSubject:
        return Q(summary__icontains=text) | (Q(external_id=text) & ~Q(external_id="")) | Q(category__icontains=text)


def page_of(rows: QuerySet[Listing], filters: Filters, after: str) -> tuple[list[Listing], str]:
    """A page from behind the cursor: what people hold by its time limit, what ends soon by its end, the rest by points or age."""
    if filters.only == MINE or (not filters.only and filters.stage in HELD):
        return list(rows.order_by("due_at", "pk")[:200]), ""
    if filters.only == ENDING:
        return _first_to_end(rows, after)
    score, pk = _position(after)
    if filters.sort == "newest" or filters.stage in OVER:
        ordered = rows.order_by("-pk").filter(Q() if pk is None else Q(pk__lt=pk))
    else:
        ordered = rows.order_by("-score", "-pk")
        if pk is not None:
            ordered = ordered.filter(Q(score__lte=score) & (Q(score__lt=score) | Q(pk__lt=pk)))
    found = list(ordered[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return found[:PAGE], f"{last.score}.{last.pk}" if last else ""


def _position(after: str) -> tuple[int, int | None]:
    score, _dot, pk = after.partition(".")
    digits = score.removeprefix("-")
    known = all(part.isascii() and part.isdigit() for part in (digits, pk)) and len(pk) < 19 and len(digits) < 4
    return (int(score), int(pk)) if known else (0, None)


def _first_to_end(rows: QuerySet[Listing], after: str) -> tuple[list[Listing], str]:
    ordered = rows.order_by("valid_until", "pk")
    if after.isascii() and after.isdigit() and len(after) < 19:
        behind = _end_of(rows, int(after))
        if behind is not None:
            ordered = ordered.filter(Q(valid_until__gt=behind) | Q(valid_until=behind, pk__gt=int(after)))
    found = list(ordered[: PAGE + 1])
    return found[:PAGE], str(found[PAGE - 1].pk) if len(found) > PAGE else ""


def _end_of(rows: QuerySet[Listing], pk: int) -> datetime | None:
    return rows.filter(pk=pk).values_list("valid_until", flat=True).first()


def chips(actor: Actor, filters: Filters, now: datetime) -> dict[str, Any]:
    """The chips of the square, each with how many there are."""
    rows, stages = access.visible(actor, Listing), list(LIFECYCLES["listing"].titles)
    narrow = {only: _only(rows, actor, only, now) for only in ONLY}
    counts = counted({**{stage: rows.filter(stage=stage) for stage in stages}, **narrow})
    departments = departments_of(actor)
    points, newest = str(GOOD), filters.sort == "newest"
    return {
        "stages": [
            _chip(filters, stage_title("listing", stage), counts[stage], stage=stage, only="")
            | {"current": not filters.only and stage == filters.stage}
            for stage in stages
        ],
        "narrow": {only: _switch(filters, "only", only, count=counts[only]) for only in ONLY},
        "points": _switch(filters, "least", points, title=points),
        "newest": _chip(filters, sort="fit" if newest else "newest") | {"current": newest},
        "departments": [
            _switch(filters, "department", str(row.pk), title=row.name)
            for row in (departments if len(departments) > 1 else [])
        ],
    }


def _switch(filters: Filters, name: str, value: str, title: str = "", count: int | None = None) -> dict[str, Any]:
    """A chip that narrows by this, and when pressed again doesn't."""
    current = getattr(filters, name) == value
    return _chip(filters, title, count, **{name: "" if current else value}) | {"current": current}


def _chip(filters: Filters, title: str = "", count: int | None = None, **changes: str) -> dict[str, Any]:
    said = "" if count is None else f"{MOST}+" if count >= MOST else str(count)
    return {"title": title, "count": said, "address": filters.address(**changes)}


def departments_of(actor: Actor) -> list[Department]:
    """The departments in use whose listings somebody may see."""
    reach = actor.reach(access.READERS["listing"])
    rows = Department.objects.filter(is_active=True)
    return list((rows if reach is None else rows.filter(pk__in=sorted(reach))).order_by("path")[:30])
