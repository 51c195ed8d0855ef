"""Turning what came in into an order: the one code path behind pull, push, import and manual entry (2.1.2).

`arrivals` builds orders, lines, customers and sealed contacts inside the dispatcher's transaction, one or hundreds;
`revise` does the same for a change. Personal data goes into the seal, its commitment into the ledger.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model

from jiedan.acquisition.customers import Held, customers_of
from jiedan.acquisition.incoming import IncomingOrder
from jiedan.acquisition.lateness import said_at
from jiedan.acquisition.queries import router
from jiedan.acquisition.routing_facts import RoutingFacts
from jiedan.core import courtesy, names, telephones
from jiedan.core.lifecycle import OrderStage
from jiedan.core.masking import mask_name, mask_phone
from jiedan.kernel import bulk
from jiedan.kernel.births import Newborn
from jiedan.kernel.dispatch import Context
from jiedan.orders import vault
from jiedan.orders.models import Contact, Order, OrderLine
from jiedan.people.models import Department

COPIED = (
    "kind",
    "placed_at",
    "paid_at",
    "promised_on",
    "requirements",
    "payment_terms",
    "buyer_remark",
    "seller_remark",
    "goods_amount",
    "freight",
    "tax",
    "discount",
    "total",
)
"""Fields that an order carries over as they came."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A department that a person chose, and the explanation that the order keeps."""

    department: Department
    explanation: dict[str, Any]


def arrivals(given: Sequence[IncomingOrder], now: datetime, chosen: Chosen | None = None) -> list[Newborn]:
    """Orders with their lines, customer and sealed contact, keys drawn, from what came in; nothing but new customers
    is saved yet. Routed by the rules, or to the department that was CHOSEN.
    """
    customers = customers_of(given)
    places = [chosen] * len(given) if chosen else _by_rules(given, now)
    born = []
    keys = bulk.reserve(Order, len(given))
    for incoming, customer, where, pk in courtesy.each(zip(given, customers, places, keys, strict=True)):
        order = bulk.made(
            Order,
            id=pk,
            channel=incoming.platform,
            shop=incoming.shop,
            external_id=incoming.external_id,
            customer=customer.row,
            customer_id=customer.row.pk,
            department=where.department,
            department_id=where.department.pk,
            routed_by=where.explanation,
            received_at=now,
            source_hash=incoming.content_hash(),
            source_at=said_at(incoming, now),
        )
        _carry_over(order, incoming)
        contact, commitment = _contact(order, customer, incoming)
        born.append(Newborn(order, _facts(order, incoming, commitment), (*_lines(order, incoming), (Contact, contact))))
    return born


def revise(order: Order, incoming: IncomingOrder) -> Mapping[str, Any]:
    """Bring an order up to what the platform now says; returns the facts for its record."""
    OrderLine.objects.filter(order=order).delete()
    order.source_hash = incoming.content_hash()
    _carry_over(order, incoming)
    bulk.insert_all(_lines(order, incoming))
    held = Held(order.customer, order.customer.key.opened())
    contact, commitment = _contact(order, held, incoming)
    Contact.objects.update_or_create(order_id=contact.pop("order_id"), defaults=contact)
    return _facts(order, incoming, commitment)


def chosen_by_hand(ctx: Context, department: Department, reason: str = "") -> dict[str, Any]:
    """The explanation of an order that a person gave to a department (clause 1.3.4)."""
    return {"by": ctx.actor.name, "department": department.pk, "department_name": department.name, "reason": reason}


def stage_of(order: Order) -> str:
    """Where an order begins: with its department, or waiting at the company for somebody to route it."""
    return OrderStage.UNROUTED if order.department.parent_id is None else OrderStage.ROUTED


def _by_rules(given: Sequence[IncomingOrder], now: datetime) -> list[Chosen]:
    rules = router(now)
    found = [rules.route(RoutingFacts.of(incoming)) for incoming in given]
    return [Chosen(rules.department(where), where.explanation) for where in found]


def _carry_over(order: Order, incoming: IncomingOrder) -> None:
    for name in COPIED:
        setattr(order, name, getattr(incoming, name))
    receiver = incoming.receiver
    order.summary = _summary(incoming)
    order.receiver_masked = mask_name(receiver.name)
    order.phone_masked = mask_phone(receiver.phone)
    order.region = " ".join(part for part in (receiver.province, receiver.city, receiver.district) if part)[:120]
    name, phone = names.told_alike(receiver.name), telephones.read(receiver.phone)
    order.name_index = vault.blind_index("name", name) if name else ""
    order.phone_index = "" if phone is None else vault.blind_index("phone", phone.number)


def _summary(incoming: IncomingOrder) -> str:
    first = incoming.lines[0]
    more = f" 等 {len(incoming.lines)} 项" if len(incoming.lines) > 1 else ""
    return f"{first.name[:150]} × {first.quantity}{more}"


def _contact(order: Order, customer: Held, incoming: IncomingOrder) -> tuple[bulk.Values, str]:
    """The sealed contact's row and the commitment that the ledger keeps of it."""
    personal, salt = personal_of(incoming), secrets.token_bytes(16)
    sealed = vault.seal(customer.key, {**personal, "salt": salt.hex()}, "contact")
    row = {"order_id": order.pk, "key_id": customer.row.key_id, "sealed": sealed}
    return row, vault.commitment(salt, personal)


def _lines(order: Order, incoming: IncomingOrder) -> list[tuple[type[Model], bulk.Values]]:
    return [
        (
            OrderLine,
            {
                "order_id": order.pk,
                "number": line.number,
                "sku": line.sku,
                "name": line.name,
                "category": line.category,
                "kind": line.kind,
                "quantity": line.quantity,
                "unit_price": line.unit_price,
                "discount": line.discount,
                "amount": line.amount,
            },
        )
        for line in incoming.lines
    ]


def personal_of(incoming: IncomingOrder) -> dict[str, str]:
    """The personal data that a message carries, by name; only the seal holds it."""
    personal = {f"receiver_{name}": str(value) for name, value in incoming.receiver if value}
    if incoming.identity:
        personal |= {f"identity_{name}": str(value) for name, value in incoming.identity.model_dump().items()}
    if incoming.invoice:
        personal |= {f"invoice_{name}": str(value) for name, value in incoming.invoice.model_dump().items()}
    return personal


def _facts(order: Order, incoming: IncomingOrder, commitment: str) -> dict[str, Any]:
    return {
        "ref": order.ref,
        "summary": order.summary,
        "channel": order.channel,
        "shop": order.shop,
        "external_id": order.external_id,
        "total": str(incoming.total),
        "lines": len(incoming.lines),
        "source_hash": order.source_hash,
        "personal_commitment": commitment,
        "routing": order.routed_by,
    }
