"""What a message says otherwise than an order, field by field, without personal data (clauses 2.1.2, 6.2.4).

Amounts, dates and lines stand there with both sides. Of free texts and personal data only the names are kept, because
what is written here stays; the receiver is masked on both sides.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from jiedan.acquisition.incoming import IncomingLine, IncomingOrder, Receiver
from jiedan.acquisition.taking_in import personal_of
from jiedan.core.masking import mask_name, mask_phone
from jiedan.orders import vault
from jiedan.orders.models import Contact, Order, OrderLine

MONEY = ("goods_amount", "freight", "tax", "discount", "total")
PLAIN = ("kind", "placed_at", "paid_at", "promised_on", "payment_terms", *MONEY)
TEXTS = ("requirements", "buyer_remark", "seller_remark")
LINE = ("name", "category", "kind", "quantity", "unit_price", "discount", "amount")
"""What is compared of a line; the SKU, or else the name, says which line it is."""

Pair = list[str]
"""Here and there; "" when there is nothing."""


@dataclass(frozen=True, slots=True)
class Differences:
    """`fields` by name, `texts` by name alone, `lines` one by one, `personal` by name alone, `receiver` masked."""

    fields: dict[str, Pair]
    texts: list[str]
    lines: list[dict[str, Any]]
    personal: list[str]
    receiver: Pair

    def to_json(self) -> dict[str, Any]:
        """As it is kept with the notice: only what differs."""
        given = {name: getattr(self, name) for name in ("fields", "texts", "lines", "personal")}
        found = {name: value for name, value in given.items() if value}
        return found | {"receiver": self.receiver} if self.personal else found

    def facts(self) -> dict[str, Any]:
        """As it goes on record: [here, there] by field, a line as one text, of personal data only the names."""
        found: dict[str, Any] = {name: list(pair) for name, pair in self.fields.items()}
        for row in self.lines:
            found[f"line {row['line']}"] = [_spoken(row["here"]), _spoken(row["there"])]
        return found | dict.fromkeys((*self.texts, *self.personal), "…")


def between(order: Order, incoming: IncomingOrder) -> Differences:
    """Compare the order as it stands with the message. Raises vault.Unreadable when the customer's key is gone."""
    pairs = {name: [_text(getattr(order, name)), _text(getattr(incoming, name))] for name in PLAIN}
    here = _personal_here(order)
    there = personal_of(incoming)
    return Differences(
        fields={name: pair for name, pair in pairs.items() if pair[0] != pair[1]},
        texts=[name for name in TEXTS if getattr(order, name) != getattr(incoming, name)],
        lines=_lines(order.lines.order_by("number"), incoming.lines),
        personal=sorted(name for name in here.keys() | there.keys() if here.get(name) != there.get(name)),
        receiver=[f"{order.receiver_masked} {order.phone_masked} {order.region}".strip(), _masked(incoming.receiver)],
    )


def _personal_here(order: Order) -> dict[str, str]:
    row = Contact.objects.select_related("key").get(order=order)
    opened = vault.unseal(row.key.opened(), bytes(row.sealed), "contact")
    return {name: value for name, value in opened.items() if name != "salt"}


def _lines(ours: Iterable[OrderLine], theirs: Iterable[IncomingLine]) -> list[dict[str, Any]]:
    here, there = _by_name(ours), _by_name(theirs)
    found = []
    for name in dict.fromkeys([*here, *there]):
        before, after = here.get(name), there.get(name)
        what = [key for key in LINE if (before or {}).get(key) != (after or {}).get(key)]
        if what:
            change = "added" if before is None else "removed" if after is None else "changed"
            found.append({"line": name[0], "change": change, "what": what, "here": before, "there": after})
    return found


def _by_name(lines: Iterable[OrderLine | IncomingLine]) -> dict[tuple[str, int], dict[str, str]]:
    """Each line's values; a name that stands there more often is counted, because platforms split lines."""
    seen: Counter[str] = Counter()
    found = {}
    for line in lines:
        name = line.sku or line.name
        seen[name] += 1
        found[name, seen[name]] = {key: _text(getattr(line, key)) for key in LINE}
    return found


def _masked(receiver: Receiver) -> str:
    region = " ".join(part for part in (receiver.province, receiver.city, receiver.district) if part)
    return f"{mask_name(receiver.name)} {mask_phone(receiver.phone)} {region}".strip()


def _spoken(line: dict[str, str] | None) -> str:
    return "" if line is None else f"{line['quantity']} × {line['unit_price']} = {line['amount']}"


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return value.isoformat() if isinstance(value, date) else str(value)
