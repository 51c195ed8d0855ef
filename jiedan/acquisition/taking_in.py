"""Turning what came in into an order: the one code path behind pull, push, import and manual entry (2.1.2).

`place` builds order, lines, customer and sealed contact inside the dispatcher's transaction; `revise` does the same
for a change before acceptance. Personal data goes into the seal, its commitment into the ledger.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jiedan.acquisition.incoming import IncomingOrder
from jiedan.acquisition.queries import root_department, routed
from jiedan.core.lifecycle import OrderStage
from jiedan.core.masking import mask_name, mask_phone
from jiedan.kernel.dispatch import Context
from jiedan.orders import vault
from jiedan.orders.models import Contact, Customer, DataKey, Order, OrderLine
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


def place(incoming: IncomingOrder, now: datetime, department: Department | None = None) -> Order:
    """A new, unsaved order from what came in: routed by the rules, or to DEPARTMENT when a person chose it."""
    where = routed(incoming.shop, [line.category for line in incoming.lines])
    explanation: dict[str, Any] = where.explanation
    if department is None:
        department = _department(where.department)
    order = Order(
        channel=incoming.platform,
        shop=incoming.shop,
        external_id=incoming.external_id,
        customer=_customer(incoming),
        department=department,
        routed_by=explanation,
        received_at=now,
        source_hash=incoming.content_hash(),
    )
    _carry_over(order, incoming)
    return order


def fill(order: Order, incoming: IncomingOrder) -> Mapping[str, Any]:
    """Save lines and sealed contact of a saved order; returns the facts for its record."""
    OrderLine.objects.bulk_create(_lines(order, incoming))
    personal = _personal(incoming)
    salt = secrets.token_bytes(16)
    key = order.customer.key
    sealed = vault.seal(key.opened(), {**personal, "salt": salt.hex()}, "contact")
    Contact.objects.update_or_create(order=order, defaults={"key": key, "sealed": sealed})
    return _facts(order, incoming, vault.commitment(salt, personal))


def revise(order: Order, incoming: IncomingOrder) -> Mapping[str, Any]:
    """Bring an order that nobody has accepted yet up to what the platform now says."""
    OrderLine.objects.filter(order=order).delete()
    order.source_hash = incoming.content_hash()
    _carry_over(order, incoming)
    return fill(order, incoming)


def differing(order: Order, incoming: IncomingOrder) -> dict[str, list[str]]:
    """What the platform now says otherwise, as [here, there]; nothing personal."""
    pairs = {name: (str(getattr(order, name)), str(getattr(incoming, name))) for name in COPIED}
    found = {name: [here, there] for name, (here, there) in pairs.items() if here != there}
    ours = sorted(f"{line.sku} × {line.quantity}" for line in order.lines.all())
    theirs = sorted(f"{line.sku} × {line.quantity}" for line in incoming.lines)
    if ours != theirs:
        found["lines"] = ["；".join(ours), "；".join(theirs)]
    return found


def chosen_by_hand(ctx: Context, department: Department, reason: str = "") -> dict[str, Any]:
    """The explanation of an order that a person gave to a department (clause 1.3.4)."""
    return {"by": ctx.actor.name, "department": department.pk, "department_name": department.name, "reason": reason}


def stage_of(order: Order) -> str:
    """Where an order begins: with its department, or waiting at the company for somebody to route it."""
    return OrderStage.UNROUTED if order.department.parent_id is None else OrderStage.ROUTED


def _department(found: int | None) -> Department:
    if found is None:
        return root_department()
    return Department.objects.filter(pk=found, is_active=True).first() or root_department()


def _carry_over(order: Order, incoming: IncomingOrder) -> None:
    for name in COPIED:
        setattr(order, name, getattr(incoming, name))
    receiver = incoming.receiver
    order.summary = _summary(incoming)
    order.receiver_masked = mask_name(receiver.name)
    order.phone_masked = mask_phone(receiver.phone)
    order.region = " ".join(part for part in (receiver.province, receiver.city, receiver.district) if part)[:120]
    order.phone_index = vault.blind_index("phone", receiver.phone) if receiver.phone else ""


def _summary(incoming: IncomingOrder) -> str:
    first = incoming.lines[0]
    more = f" 等 {len(incoming.lines)} 项" if len(incoming.lines) > 1 else ""
    return f"{first.name[:150]} × {first.quantity}{more}"


def _customer(incoming: IncomingOrder) -> Customer:
    """The customer behind the platform account (or, without one, the telephone number); made on first sight."""
    known_by = incoming.customer_account or f"tel:{incoming.customer_phone or incoming.receiver.phone}"
    index = vault.blind_index("account", known_by)
    found = Customer.objects.filter(channel=incoming.platform, account_index=index).select_related("key").first()
    if found is not None:
        return found
    key = DataKey.fresh()
    key.save()
    personal = {"account": incoming.customer_account, "phone": incoming.customer_phone, "name": incoming.receiver.name}
    return Customer.objects.create(
        channel=incoming.platform,
        account_index=index,
        name_masked=mask_name(incoming.receiver.name),
        key=key,
        sealed=vault.seal(key.opened(), personal, "customer"),
    )


def _lines(order: Order, incoming: IncomingOrder) -> list[OrderLine]:
    return [
        OrderLine(
            order=order,
            number=line.number,
            sku=line.sku,
            name=line.name,
            category=line.category,
            kind=line.kind,
            quantity=line.quantity,
            unit_price=line.unit_price,
            discount=line.discount,
            amount=line.amount,
        )
        for line in incoming.lines
    ]


def _personal(incoming: IncomingOrder) -> dict[str, str]:
    personal = {f"receiver_{name}": str(value) for name, value in incoming.receiver.model_dump().items() if value}
    if incoming.identity:
        personal |= {f"identity_{name}": str(value) for name, value in incoming.identity.model_dump().items()}
    if incoming.invoice:
        personal |= {f"invoice_{name}": str(value) for name, value in incoming.invoice.model_dump().items()}
    return personal


def _facts(order: Order, incoming: IncomingOrder, commitment: str) -> Mapping[str, Any]:
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
