"""Papers of an order as pages and programs read them; whoever may read the order may read these (6.2.3)."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, prefetch_related_objects

from jiedan.documents import places
from jiedan.documents.models import Document
from jiedan.orders.models import Order
from jiedan.people.subject import NoSuchSubject


@dataclass(frozen=True, slots=True)
class Paper:
    """A document with its words."""

    row: Document
    name: str
    title: str
    fetched: int

    @property
    def state(self) -> str:
        """none, valid, foreign or altered: what its signatures said when it was filed."""
        return str(self.row.signature.get("state", "none"))


def papers(order: Order) -> list[Paper]:
    """All documents of the order, newest first, withdrawn ones included."""
    # Asks nothing where the page has read them along.
    prefetch_related_objects([order], papers_along())
    rows: Any = order.documents.all()
    return [Paper(row, row.name, places.title(row.kind), row.copies) for row in rows]


def papers_along() -> "Prefetch[str]":
    """Documents with their people and how often they were fetched, for pages that read them along with an order."""
    rows = Document.objects.select_related("key", "filed_by", "withdrawn_by").annotate(copies=Count("fetched"))
    return Prefetch("documents", rows.order_by("-pk"))


def document_of(order: Order, pk: int) -> Document:
    """The order's document of this number. Raises NoSuchSubject."""
    found = Document.objects.select_related("key").filter(order=order, pk=pk).first()
    if found is None:
        raise NoSuchSubject(str(pk))
    return found
