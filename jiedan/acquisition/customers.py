"""Who is behind an order: recognised by platform account, made on first sight, for many orders at once (2.1.2, 6.2.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jiedan.acquisition.incoming import IncomingOrder
from jiedan.core import clock, telephones
from jiedan.core.masking import mask_name
from jiedan.kernel import among, bulk
from jiedan.kernel.among import Look
from jiedan.orders import vault
from jiedan.orders.models import Customer, DataKey

OF_EACH_SHOP = frozenset({"webhook", "api", "yanxuan"})
"""Ways in behind which each shop has customers of its own: account 1001 of two of them is two people."""
Place = tuple[str, str]
"""Channel and blind index of the account."""


@dataclass(frozen=True, slots=True)
class Held:
    """A customer and the opened key of their personal data."""

    row: Customer
    key: bytes


def customers_of(given: Sequence[IncomingOrder]) -> list[Held]:
    """The customer of each order, in the same order: one query, and the new ones written together.

    Hold their places (`held_place`) before, so that nobody makes the same customer at this moment.
    """
    places = [place_of(incoming) for incoming in given]
    held = _known(set(places))
    fresh = {place: incoming for place, incoming in zip(places, given, strict=True) if place not in held}
    held |= _made(fresh)
    return [held[place] for place in places]


def held_place(incoming: IncomingOrder) -> tuple[str, ...]:
    """The name under which a customer is held while they are looked up and made (identity.py)."""
    return ("customer", *place_of(incoming))


def place_of(incoming: IncomingOrder) -> Place:
    """What the customer is recognised by: the platform account or, without one, a telephone number of their own.

    What is partly hidden, or a number that a platform lends for one order, tells nobody from anybody else: such an order
    has a customer of its own, so that nobody's history and key (6.2.4) are somebody else's as well.
    """
    return incoming.platform, vault.blind_index("account", _known_by(incoming))


def _known_by(incoming: IncomingOrder) -> str:
    if incoming.customer_account and "*" not in incoming.customer_account:
        shop = f"{incoming.shop}\x1f" if incoming.platform in OF_EACH_SHOP else ""
        return f"{shop}{incoming.customer_account}"
    for written in (incoming.customer_phone, incoming.receiver.phone):
        phone = telephones.read(written)
        if phone is not None and not phone.extension:
            return f"tel:{phone.number}"
    return f"order:{incoming.shop}:{incoming.external_id or incoming.content_hash()}"


def _known(places: set[Place]) -> dict[Place, Held]:
    (keys,) = among.keys(Look(Customer, "account_index", {index for _channel, index in places}))
    if not keys:
        return {}
    rows = Customer.objects.filter(pk__among=keys).select_related("key")
    found = {(row.channel, row.account_index): row for row in rows}
    return {place: Held(row, row.key.opened()) for place, row in found.items() if place in places}


def _made(fresh: dict[Place, IncomingOrder]) -> dict[Place, Held]:
    if not fresh:
        return {}
    numbers, key_numbers = bulk.reserve_each([Customer, DataKey], len(fresh))
    # Said here: working out what the database would fill in costs more than all else about an instance.
    now = clock.now()
    opened = [vault.new_key() for _place in fresh]
    keys = [
        bulk.made(DataKey, id=pk, wrapped=vault.wrap(key), master=vault.MASTER, created_at=now)
        for pk, key in zip(key_numbers, opened, strict=True)
    ]
    rows = [
        _customer(pk, place, incoming, key, clear, now)
        for pk, (place, incoming), key, clear in zip(numbers, fresh.items(), keys, opened, strict=True)
    ]
    bulk.insert(keys)
    bulk.insert(rows)
    return {place: Held(row, key) for place, row, key in zip(fresh, rows, opened, strict=True)}


def _customer(pk: int, place: Place, incoming: IncomingOrder, key: DataKey, opened: bytes, now: datetime) -> Customer:
    name = incoming.receiver.name
    personal = {"account": incoming.customer_account, "phone": incoming.customer_phone, "name": name}
    sealed = vault.seal(opened, personal, "customer")
    return bulk.made(
        Customer, id=pk, channel=place[0], account_index=place[1], name_masked=mask_name(name), key=key, key_id=key.pk,
        sealed=sealed, since=now,
    )  # fmt: skip
