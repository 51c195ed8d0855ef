"""The agreed terms carried over into the order, not typed again (clause 2.3.3)."""

from collections.abc import Mapping, Sequence
from typing import Any

from jiedan.core.terms import Terms
from jiedan.orders.models import Kind, Order, OrderLine
from jiedan.terms import wording

MONEY = ("goods_amount", "freight", "tax", "discount", "total")
_LONGEST = 200
"""Characters of the payment terms that the order's own column holds; the whole stands in the term sheet."""


def carry_over(order: Order, terms: Terms) -> dict[str, list[str | None]]:
    """Bring the order up to the agreed terms; what differed before, by field: [before, now]."""
    differs = differences(order, terms)
    for name in MONEY:
        setattr(order, name, getattr(terms, name))
    order.requirements, order.promised_on = terms.requirements, terms.deliver_on
    order.payment_terms, order.kind = _payment_terms(terms), _kind(terms)
    if _lines(order) != [line.data() for line in terms.lines]:
        order.lines.all().delete()
        OrderLine.objects.bulk_create(
            OrderLine(
                order=order, number=line.number, sku=line.sku, name=line.name, category=line.category, kind=line.kind,
                quantity=line.quantity, unit_price=line.unit_price, discount=line.discount, amount=line.amount,
            )
            for line in terms.lines
        )  # fmt: skip
    return differs


def differences(order: Order, terms: Terms) -> dict[str, list[str | None]]:
    """What entering would change in the order, by field: [before, now]."""
    before, now = _facts(order), _of_terms(terms)
    return {name: [before[name], now[name]] for name in now if before[name] != now[name]}


def _payment_terms(terms: Terms) -> str:
    return wording.payment(terms)[:_LONGEST]


def _kind(terms: Terms) -> str:
    kinds = {line.kind for line in terms.lines}
    return kinds.pop() if len(kinds) == 1 else str(Kind.MIXED)


def _of_terms(terms: Terms) -> dict[str, str | None]:
    return {
        **{name: f"{getattr(terms, name):.2f}" for name in MONEY},
        "requirements": terms.requirements,
        "promised_on": None if terms.deliver_on is None else terms.deliver_on.isoformat(),
        "payment_terms": _payment_terms(terms),
        "kind": _kind(terms),
        "lines": _said([line.data() for line in terms.lines]),
    }


def _facts(order: Order) -> dict[str, str | None]:
    return {
        **{name: f"{getattr(order, name):.2f}" for name in MONEY},
        "requirements": order.requirements,
        "promised_on": None if order.promised_on is None else order.promised_on.isoformat(),
        "payment_terms": order.payment_terms,
        "kind": order.kind,
        "lines": _said(_lines(order)),
    }


def _said(lines: Sequence[Mapping[str, Any]]) -> str:
    return "; ".join(f"{line['name']} × {line['quantity']} = {line['amount']}" for line in lines)


def _lines(order: Order) -> list[dict[str, Any]]:
    names = ("number", "sku", "name", "category", "kind", "quantity")
    return [
        {name: getattr(row, name) for name in names}
        | {name: f"{getattr(row, name):.2f}" for name in ("unit_price", "discount", "amount")}
        for row in sorted(order.lines.all(), key=lambda line: line.number)
    ]
