"""How a platform's change reads on a page: what we have on the left, what the platform says now on the right (2.1.2)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from jiedan.acquisition import changes
from jiedan.acquisition.differences import MONEY, PLAIN, between
from jiedan.acquisition.incoming import IncomingOrder
from jiedan.acquisition.models import ChangeNotice
from jiedan.orders.models import Order
from jiedan.orders.vault import Unreadable


@dataclass(frozen=True, slots=True)
class Row:
    """One difference; `mark` says what became of a line ("added", "removed", "changed"), "" for anything else."""

    title: str
    ours: str
    theirs: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A notice as the panel shows it."""

    notice: ChangeNotice
    rows: list[Row]


def change_view(order: Order) -> ChangeView | None:
    """The change that waits for a decision, if one does."""
    notice = changes.pending(order)
    return None if notice is None else ChangeView(notice, list(_rows(order, notice.differs, _said(notice))))


def rows_between(order: Order, incoming: IncomingOrder) -> list[Row]:
    """What a message says otherwise than an order. Raises vault.Unreadable when the customer's key is gone."""
    return list(_rows(order, between(order, incoming).to_json(), incoming))


def _said(notice: ChangeNotice) -> IncomingOrder | None:
    if not notice.differs.get("texts"):
        return None
    try:
        return changes.opened(notice)
    except Unreadable:
        return None


def _rows(order: Order, differs: Mapping[str, Any], said: IncomingOrder | None) -> Iterable[Row]:
    for line in differs.get("lines", ()):
        names = [side["name"] for side in (line["here"], line["there"]) if side]
        what = line["what"] if line["change"] == "changed" else ()
        yield Row(names[-1], _line(line["here"], what), _line(line["there"], what), line["change"])
    fields = differs.get("fields", {})
    for name in [name for name in PLAIN if name in fields]:
        here, there = fields[name]
        yield Row(field_title(name), _value(name, here), _value(name, there))
    for name in differs.get("texts", ()):
        there = _("can no longer be read") if said is None else getattr(said, name)
        yield Row(field_title(name), getattr(order, name), there)
    if "personal" in differs:
        yield from _personal(differs["personal"], *differs["receiver"])


def _personal(names: Iterable[str], here: str, there: str) -> Iterable[Row]:
    if any(name.startswith("receiver_") for name in names):
        hidden = {"receiver_address", "receiver_postcode"} & set(names) or here == there
        more = _("(what is hidden here differs)") if hidden else ""
        yield Row(_("Receiver"), here, f"{there} {more}".strip())
    for group, title in (("identity_", _("Identity for customs")), ("invoice_", _("Invoice"))):
        if any(name.startswith(group) for name in names):
            yield Row(title, _("as accepted"), _("differs"))


def _line(side: Mapping[str, str] | None, what: Iterable[str]) -> str:
    if side is None:
        return ""
    text = f"{side['quantity']} × {_yuan(side['unit_price'])} = {_yuan(side['amount'])}"
    more = [_value(name, side[name]) for name in ("name", "category", "kind") if name in what and side[name]]
    if Decimal(side["discount"]):
        more.append(f"{_('Discount')} {_yuan(side['discount'])}")
    return " · ".join([text, *more])


def _value(name: str, text: str) -> str:
    if not text:
        return ""
    if name in MONEY:
        return _yuan(text)
    if name.endswith("_at"):
        return f"{localtime(datetime.fromisoformat(text)):%Y-%m-%d %H:%M}"
    return _KINDS[text]() if name == "kind" else text


_KINDS = {"product": lambda: _("Product"), "service": lambda: _("Service"), "mixed": lambda: _("Product and service")}


def _yuan(text: str) -> str:
    return f"¥{intcomma(text)}"


def field_title(name: str) -> str:
    """What a field of an order is called; a name without a title is shown as it is."""
    titles = {
        "kind": _("Kind"),
        "placed_at": _("Placed"),
        "paid_at": _("Paid"),
        "promised_on": _("Delivery promised for"),
        "payment_terms": _("Payment terms"),
        "goods_amount": _("Goods"),
        "freight": _("Freight"),
        "tax": _("Tax"),
        "discount": _("Discount"),
        "total": _("Total"),
        "requirements": _("Requirements"),
        "buyer_remark": _("Buyer's remark"),
        "seller_remark": _("Seller's remark"),
        "receiver_name": _("Receiver"),
        "receiver_phone": _("Telephone"),
        "receiver_address": _("Address"),
        "receiver_province": _("Province"),
        "receiver_city": _("City"),
        "receiver_district": _("District"),
        "receiver_postcode": _("Postcode"),
    }
    if name.startswith("line "):
        return _("Line %(name)s") % {"name": name.removeprefix("line ")}
    return titles.get(name, name)


def spoken(facts: Mapping[str, Any]) -> str:
    """The differences that stand in a record, as one sentence."""
    return "；".join(f"{field_title(name)}: {_pair(name, pair)}" for name, pair in facts.items())


def _pair(name: str, pair: Any) -> str:
    if not isinstance(pair, list):
        return _("differs")
    here, there = (_value(name, text) or _("nothing") for text in pair)
    return f"{here} → {there}"
