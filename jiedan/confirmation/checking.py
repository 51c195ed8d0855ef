"""Whether an agreed order may be entered, and the six things that have to be complete and right (clause 2.3.3)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from jiedan.confirmation.carrying import MONEY, differences
from jiedan.contract import papers as contracts
from jiedan.core.entry_checks import Entry, faults
from jiedan.core.faults import Fault
from jiedan.core.lifecycle import OrderStage
from jiedan.core.terms import Terms
from jiedan.orders.models import Order
from jiedan.terms import papers, wording
from jiedan.terms.sheet import said


@dataclass(frozen=True, slots=True)
class Check:
    """One of the six things, its value, and what is wrong with it."""

    title: str
    value: str
    wrong: Sequence[str]


@dataclass(frozen=True, slots=True)
class Carried:
    """A field of the order that entering would change: what it says now, and what was agreed."""

    title: str
    before: str
    now: str


_FIELDS = {
    "number": ("number",),
    "customer": ("customer",),
    "requirements": ("requirements", "acceptance"),
    "delivery": ("deliver_on", "delivery", "agreed_on", "signed_on"),
    "price": ("lines", "total"),
    "payment": ("payment",),
    "contract": ("contract",),
}
"""The fields of a fault by the thing that it belongs to; rows count by their list."""


def entry_of(order: Order) -> Entry | None:
    """What is to be entered; None while nothing is agreed."""
    sheet = papers.agreed(order)
    if sheet is None or sheet.agreed_at is None:
        return None
    contract = contracts.concluded(order)
    return Entry(
        number=order.ref,
        customer=order.customer.name_masked,
        placed_on=localtime(order.placed_at).date(),
        agreed_on=localtime(sheet.agreed_at).date(),
        terms=sheet.content,
        contract_needed=bool(order.needs_contract),
        contract=None if contract is None else contract.agreed,
        signed_on=None
        if contract is None or contract.concluded_at is None
        else localtime(contract.concluded_at).date(),
    )


def checks(order: Order) -> list[Check]:
    """The six things with their values, and the contract where one is needed; nothing while nothing is agreed."""
    entry = entry_of(order)
    if entry is None:
        return []
    found = faults(entry)
    return [Check(title, value, _of(name, found)) for name, title, value in _things(entry)]


def _things(entry: Entry) -> list[tuple[str, str, str]]:
    terms = entry.terms
    day = "" if terms.deliver_on is None else terms.deliver_on.isoformat()
    things = [
        ("number", _("Order number"), entry.number),
        ("customer", _("Customer"), entry.customer),
        ("requirements", wording.item("requirements"), terms.requirements),
        ("delivery", wording.item("delivery"), f"{day} {terms.delivery}"),
        ("price", wording.item("price"), _price(terms)),
        ("payment", wording.item("payment"), wording.payment(terms)),
    ]
    if entry.contract_needed:
        things.append(("contract", _("Contract"), "" if entry.signed_on is None else entry.signed_on.isoformat()))
    return things


def _price(terms: Terms) -> str:
    return _("%(total)s, %(n)d lines") % {"total": wording.yuan(terms.total), "n": len(terms.lines)}


def _of(name: str, found: Sequence[Fault]) -> list[str]:
    return [said(fault) for fault in found if fault.field.partition(".")[0] in _FIELDS[name]]


def carried(order: Order) -> list[Carried]:
    """What entering would change in the order; nothing once it is entered or while nothing is agreed."""
    sheet = papers.agreed(order)
    if sheet is None or order.stage not in (OrderStage.AGREED, OrderStage.SIGNED):
        return []
    titles = _titles()
    return [
        Carried(titles[name], _shown(name, before), _shown(name, now))
        for name, (before, now) in differences(order, sheet.content).items()
    ]


def _titles() -> dict[str, str]:
    return {
        "goods_amount": _("Sum of the lines"),
        "freight": _("Freight"),
        "tax": _("Tax"),
        "discount": _("Discount"),
        "total": _("Total"),
        "requirements": wording.item("requirements"),
        "promised_on": wording.item("delivery"),
        "payment_terms": wording.item("payment"),
        "kind": _("Kind"),
        "lines": _("Lines"),
    }


def _shown(name: str, value: str | None) -> str:
    if name == "kind":
        kinds = {"product": _("goods"), "service": _("service"), "mixed": _("goods and services")}
        return kinds.get(value or "", value or "")
    return f"¥{value}" if name in MONEY else value or "—"
