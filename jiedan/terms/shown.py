"""Term sheets as pages and programs show them: item by item, with answers and what changed since the version before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jiedan.core.terms import ITEMS, Terms
from jiedan.orders.models import Order
from jiedan.terms import agreeing, wording
from jiedan.terms.models import ItemAnswer, TermSheet


@dataclass(frozen=True, slots=True)
class Change:
    """A row that differs from the version before; empty texts where it wasn't or isn't there."""

    title: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class ItemView:
    """One of the four key terms: its rows, what changed, and what the customer said of exactly this content last."""

    name: str
    title: str
    rows: Sequence[tuple[str, str]]
    changes: Sequence[Change]
    verdict: str = ""
    words: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SheetView:
    """A version as it is read."""

    sheet: TermSheet
    state: str
    tone: str
    items: Sequence[ItemView]
    how: str
    confirmed_by: str
    contract: Sequence[str]


TONES = {TermSheet.OFFERED: "info", TermSheet.AGREED: "ok", TermSheet.WITHDRAWN: ""}


def changes(before: Terms, now: Terms) -> dict[str, list[Change]]:
    """What differs between two versions, item by item."""
    old, new = wording.rows(before), wording.rows(now)
    return {item: _differing(dict(old[item]), dict(new[item])) for item in ITEMS}


def _differing(old: Mapping[str, str], new: Mapping[str, str]) -> list[Change]:
    titles = [*new, *(title for title in old if title not in new)]
    return [
        Change(title, old.get(title, ""), new.get(title, "")) for title in titles if old.get(title) != new.get(title)
    ]


def items(sheet: TermSheet) -> list[ItemView]:
    """The four key terms of a version that was offered."""
    terms = sheet.content
    last = _before(sheet)
    differing = changes(last.content, terms) if last else {item: [] for item in ITEMS}
    said = _answers(sheet, terms)
    return [
        ItemView(
            item, wording.item(item), rows, differing[item], said[item].verdict if item in said else "",
            said[item].words if item in said else "", said[item].at if item in said else None,
        )
        for item, rows in wording.rows(terms).items()
    ]  # fmt: skip


def view(order: Order, sheet: TermSheet) -> SheetView:
    """A version that was offered, as staff read it."""
    sheet.order = order
    return SheetView(
        sheet, wording.state(sheet.state), TONES.get(sheet.state, ""), items(sheet), wording.how(sheet.how),
        agreeing.confirmed_by(sheet) if sheet.state == TermSheet.AGREED else "",
        [wording.reason(reason) for reason in sheet.contract_reasons],
    )  # fmt: skip


def _before(sheet: TermSheet) -> TermSheet | None:
    rows = TermSheet.objects.filter(order=sheet.order_id, number__lt=sheet.number).exclude(content_hash="")
    return rows.order_by("-number").first()


def _answers(sheet: TermSheet, terms: Terms) -> dict[str, ItemAnswer]:
    """The newest answer to each item's very content, in whichever version it was given."""
    hashes = {terms.item_hash(item): item for item in ITEMS}
    rows = ItemAnswer.objects.filter(sheet__order=sheet.order_id, item_hash__in=hashes).order_by("pk")
    return {row.item: row for row in rows}


def facts(sheet: TermSheet) -> dict[str, Any]:
    """A version for programs."""
    names = ("number", "state", "content_hash", "offered_at", "agreed_at", "how", "contract_reasons", "terms")
    return {name: getattr(sheet, name) for name in names}
