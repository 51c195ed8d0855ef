"""The customer's page of the terms: the same rows that staff see, what changed, and what was confirmed (1.3.2, 2.3.1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiedan.documents.models import Document
from jiedan.orders.models import Order
from jiedan.portal import progress, purposes
from jiedan.portal.models import Link
from jiedan.portal.progress import Part
from jiedan.terms import agreeing, shown
from jiedan.terms.models import TermSheet


@dataclass(frozen=True, slots=True)
class ItemChoice:
    """An item on the customer's form: what was typed or agreed before, and what is wrong with it."""

    name: str
    title: str
    rows: Sequence[tuple[str, str]]
    changes: Sequence[shown.Change]
    verdict: str
    chosen: str
    words: str
    errors: Sequence[str]


def sheet_of(link: Link) -> TermSheet | None:
    """The sheet that the link is about: the newest of that content."""
    rows = TermSheet.objects.filter(order=link.order_id, content_hash=link.about)
    return rows.order_by("-number").first()


def context(link: Link, form: purposes.Form) -> Mapping[str, Any]:
    """What the page shows."""
    sheet = sheet_of(link)
    if sheet is None:
        return {"items": []}
    sheet.order = link.order
    agreed = sheet.state == TermSheet.AGREED
    return {
        "sheet": sheet,
        "items": [_choice(item, form) for item in shown.items(sheet)],
        "agreed": agreed,
        "confirmed_by": agreeing.confirmed_by(sheet) if agreed else "",
    }


def _choice(item: shown.ItemView, form: purposes.Form) -> ItemChoice:
    """An item of the form: what was typed just now, else what the customer said of this very content before."""
    errors = [*form.errors.get(item.name, []), *form.errors.get(f"{item.name}_words", [])]
    return ItemChoice(
        item.name, item.title, item.rows, item.changes, item.verdict,
        form.typed.get(item.name, item.verdict), form.typed.get(f"{item.name}_words", item.words), errors,
    )  # fmt: skip


def over(link: Link, _now: datetime) -> str | None:
    """Why nothing can be answered any more."""
    sheet = sheet_of(link)
    if sheet is None or sheet.state == TermSheet.WITHDRAWN:
        return _("These terms were taken back. Read the newest version that we sent you.")
    if sheet.state == TermSheet.AGREED and sheet.agreed_at is not None:
        return _("You confirmed these terms on %(at)s. To change something, call us.") % {
            "at": f"{localtime(sheet.agreed_at):%Y-%m-%d %H:%M}"
        }
    return None


def files(link: Link) -> list[Document]:
    """The term sheet as a signed PDF."""
    return agreeing.paper_of(link.order)


def agreed_part(order: Order) -> Part | None:
    """The four key terms on the page of the order's progress: the very rows that staff see (1.3.2)."""
    sheet = TermSheet.objects.filter(order=order, state=TermSheet.AGREED).first()
    if sheet is None:
        return None
    sheet.order = order
    return Part("terms/agreed_part.html", {"sheet": sheet, "agreed": shown.items(sheet)}, sheet.content.deliver_on)


def register() -> None:
    """Called once, when the application is ready."""
    progress.PARTS.append(agreed_part)
    progress.LIMITS["confirm_order"] = gettext_lazy("We enter your confirmed order")
    progress.LIMITS["conclude_contract"] = gettext_lazy("The contract is to be signed by both sides")
    purposes.register(
        purposes.Purpose(
            agreeing.PURPOSE,
            gettext_lazy("Terms to confirm"),
            "terms/portal.html",
            context,
            steps=frozenset({"terms.answer_terms"}),
            over=over,
            files=files,
            asks=gettext_lazy(
                "Please read the four key terms, and say of each that you agree or what you want to ask."
            ),
        )
    )
