"""An order's links as staff see them: where they lead, when the customer looked, what was tried."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Prefetch, Q, prefetch_related_objects
from django.utils.translation import gettext as _

from jiedan.kernel.action import REGISTRY
from jiedan.orders.models import Order
from jiedan.people.actor import Actor
from jiedan.portal import links
from jiedan.portal.models import Link, Visit
from jiedan.portal.purposes import PURPOSES

LINKS, VISITS, SHOWN = 20, 100, 5
"""The newest links of an order, the newest visits that are read, and shown of a link: looking alone is counted."""


@dataclass(frozen=True, slots=True)
class VisitRow:
    """What somebody did behind a link."""

    at: datetime
    what: str
    tone: str
    detail: str
    address: str


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link: its purpose, whether it leads somewhere, and what happened behind it."""

    link: Link
    title: str
    address: str
    living: bool
    ended: str
    looked: int
    visits: Sequence[VisitRow]


def link_rows(order: Order, actor: Actor, now: datetime) -> list[LinkRow]:
    """The order's newest links, with their addresses for whoever may send them. The page reads them along with the order."""
    prefetch_related_objects([order], links_along())
    found: list[Any] = sorted(order.portal_links.all(), key=lambda link: -link.pk)[:LINKS]
    if not found:
        return []
    behind = Visit.objects.filter(link__in=found)
    visits: dict[int, list[Visit]] = {}
    for visit in behind.exclude(what=Visit.LOOKED).order_by("-pk")[:VISITS]:
        visits.setdefault(visit.link_id, []).append(visit)
    told = links.may_send(order, actor)
    return [_row(link, link.looked, visits.get(link.pk, []), now, told=told) for link in found]


def links_along() -> "Prefetch[str]":
    """Links with who issued them and how often they were looked at, for pages that read them along with an order."""
    looked = Count("visits", filter=Q(visits__what=Visit.LOOKED))
    return Prefetch("portal_links", Link.objects.select_related("issued_by").annotate(looked=looked))


def _row(link: Link, looked: int, visits: Sequence[Visit], now: datetime, *, told: bool) -> LinkRow:
    ended = links.ended(link, now) or ""
    purpose = PURPOSES.get(link.purpose)
    return LinkRow(
        link=link,
        title=str(purpose.title) if purpose else link.purpose,
        address=links.address(link) if told and not ended else "",
        living=not ended,
        ended=link.revoked_because or ended,
        looked=looked,
        visits=[_visit(visit) for visit in visits[:SHOWN]],
    )


def _visit(visit: Visit) -> VisitRow:
    words = {
        Visit.ACTED: (_("Done"), "ok"),
        Visit.REFUSED: (_("Tried"), "warn"),
        Visit.FETCHED: (_("Downloaded"), ""),
    }
    what, tone = words[visit.what]
    detail = str(REGISTRY[visit.detail].title) if visit.detail in REGISTRY else visit.detail
    return VisitRow(visit.at, what, tone, detail, visit.address)
