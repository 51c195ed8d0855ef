"""The screening list in force, and what an order holds of it (clause 1.3.1)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from jiedan.core.screening import STANDARD, Ban, Entry, Hit, Text, screen
from jiedan.evaluation.models import ScreeningVersion
from jiedan.orders.models import Order


@dataclass(frozen=True, slots=True)
class Edition:
    """The list as one whole; number 0 is the one that comes with the system."""

    number: int
    entries: tuple[Entry, ...]
    reason: str = ""
    created_at: datetime | None = None


def newest() -> Edition:
    """The list in force."""
    row = ScreeningVersion.objects.order_by("-number").first()
    return Edition(0, STANDARD) if row is None else _edition(row)


def editions() -> list[Edition]:
    """Every list that was in force, newest first."""
    return [_edition(row) for row in ScreeningVersion.objects.order_by("-number")[:50]]


def _edition(row: ScreeningVersion) -> Edition:
    return Edition(row.number, tuple(map(Entry.read, row.entries)), row.reason, row.created_at)


def screened(order: Order) -> list[Hit]:
    """What of the list in force stands in the order, and where."""
    return screen(_texts(order), newest().entries)


def listed(texts: Iterable[Text], allowed: Collection[str] = ()) -> list[Hit]:
    """What of the list in force stands in these texts, but for platforms' words that a decision maker ALLOWED."""
    hits = screen(texts, newest().entries)
    return [hit for hit in hits if hit.ban is Ban.PROHIBITED or hit.word not in allowed]


def _texts(order: Order) -> Iterable[Text]:
    for line in order.lines.order_by("number"):
        where = _("line %(n)d") % {"n": line.number}
        yield Text(where, line.name)
        yield Text(where, line.category, category=True)
    for where, text in (
        (_("requirements"), order.requirements),
        (_("buyer's remark"), order.buyer_remark),
        (_("seller's remark"), order.seller_remark),
    ):
        yield Text(where, text)


def put_in_force(entries: Sequence[Entry], reason: str, now: datetime) -> int:
    """Add the list that follows the newest; returns its number (the procedure's row is locked meanwhile)."""
    number = newest().number + 1
    kept = [entry.kept() for entry in entries]
    ScreeningVersion.objects.create(number=number, entries=kept, reason=reason, created_at=now)
    return number
