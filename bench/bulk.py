"""Many orders waiting for acceptance at once, written in bulk but through the ledger's own record format.

Orders, records and clocks come out exactly as `acquisition.receive_order` leaves them (the ledger verifies, each
clock is the one that its record gives); only positions and sealed contacts, which no timer looks at, are left out.
"""

import random
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from bench.company import Company, incoming

BATCH = 2000


def fill(company: Company, moments: list[datetime]) -> None:
    """One order received at each of the MOMENTS, its clock running; into an installation that has no orders."""
    customers = _customers(max(1, len(moments) // 5))
    numbered = iter(enumerate(moments, start=1))
    rng = random.Random(8)
    while chunk := list(islice(numbered, BATCH)):
        _write([_order(number, at, company, customers, rng) for number, at in chunk])


def _customers(count: int) -> list[Any]:
    from jiedan.orders import vault
    from jiedan.orders.models import Customer, DataKey

    keys = DataKey.objects.bulk_create([DataKey.fresh() for _ in range(count)], batch_size=BATCH)
    return Customer.objects.bulk_create(
        [
            Customer(
                channel="kaola", account_index=vault.blind_index("account", f"buyer-{number}"), name_masked="张*",
                key=key, sealed=vault.seal(key.opened(), {"account": f"buyer-{number}"}, "customer"),
            )
            for number, key in enumerate(keys)
        ],
        batch_size=BATCH,
    )  # fmt: skip


def _order(number: int, at: datetime, company: Company, customers: list[Any], rng: random.Random) -> Any:
    from jiedan.acquisition.taking_in import COPIED
    from jiedan.core.masking import mask_name, mask_phone
    from jiedan.orders import vault
    from jiedan.orders.models import Order

    came = incoming(number, at, rng, service=number % 2 == 1)
    receiver, first = came.receiver, came.lines[0]
    # The key is given, not drawn, because the record names it and both are written in bulk.
    return Order(
        pk=number, stage="routed", version=1, channel=came.platform, shop=came.shop, external_id=came.external_id,
        customer=rng.choice(customers), department_id=company.departments[number % len(company.departments)], received_at=at,
        summary=f"{first.name} × {first.quantity}", receiver_masked=mask_name(receiver.name),
        phone_masked=mask_phone(receiver.phone), phone_index=vault.blind_index("phone", receiver.phone),
        name_index=vault.blind_index("name", receiver.name),
        region=f"{receiver.province} {receiver.city} {receiver.district}", source_hash=came.content_hash(),
        **{name: getattr(came, name) for name in COPIED},
    )  # fmt: skip


def _write(orders: list[Any]) -> None:
    from django.db import transaction

    from jiedan.kernel import clocks, ledger, rules
    from jiedan.orders.models import Order

    current = rules.in_force(orders[0].received_at)
    drafts = list(_drafts(orders, current))
    with transaction.atomic():
        ledger.write(drafts)
        clocks.project([(draft.subject, draft.effects) for draft in drafts], {})
        Order.objects.bulk_create(orders)


def _drafts(orders: list[Any], current: Any) -> Iterator[Any]:
    from jiedan.acquisition.clocks import ACCEPT
    from jiedan.core.deadlines import Effects, Terms
    from jiedan.kernel.ledger import Draft
    from jiedan.people.actor import SYSTEM

    amounts = current.procedure.amount(ACCEPT.hours), current.procedure.amount(ACCEPT.warning)
    terms = Terms(ACCEPT.name, ACCEPT.clause, *amounts, *current.versions)
    for order in orders:
        at = order.received_at
        yield Draft(
            subject=order, action="acquisition.receive_order", clause=ACCEPT.clause, actor=SYSTEM,
            grant=SYSTEM.grants[0], stage_before="", at=at, entered_at=at, channel="connector",
            versions=current.versions, effects=Effects(1, at, order.department_id, starts=(terms,)),
            facts={"ref": order.ref, "summary": order.summary, "channel": order.channel, "total": str(order.total)},
        )  # fmt: skip
