"""Our side of a shop's day."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from jiedan.connectors.models import Account
from jiedan.connectors.reconciliation.comparing import Ours, bounds
from jiedan.orders import access
from jiedan.orders.models import Order
from jiedan.people.actor import SYSTEM

FIELDS = ("pk", "external_id", "total", "stage", "department_id", "source_hash", "noted_hash")
AT_ONCE = 500
"""Numbers asked for in one query; SQLite takes no more than some thousands."""


def of_shop(account: Account) -> QuerySet[Order]:
    """The orders of a shop that came with a number of the platform."""
    return access.visible(SYSTEM, Order).filter(channel=account.platform, shop=account.shop).exclude(external_id="")


def paid_on(account: Account, day: date) -> dict[str, Ours]:
    """The orders of a business day: by the moment of payment, without one by that of placing."""
    start, end = bounds(day)
    moment = Coalesce("paid_at", "placed_at")
    return as_ours(of_shop(account).alias(moment=moment).filter(moment__gte=start, moment__lt=end))


def received_on(account: Account, day: date) -> dict[str, Ours]:
    """The orders that came in on a business day."""
    start, end = bounds(day)
    return as_ours(of_shop(account).filter(received_at__gte=start, received_at__lt=end))


def numbered(account: Account, numbers: Iterable[str]) -> dict[str, Ours]:
    """The orders with these numbers of the platform, whatever their day."""
    found: dict[str, Ours] = {}
    for part in _parts(numbers):
        found |= as_ours(of_shop(account).filter(Q(external_id__in=part)))
    return found


def as_ours(rows: QuerySet[Order]) -> dict[str, Ours]:
    """The orders by their number, as they are compared."""
    return {row[1]: _ours(row) for row in rows.values_list(*FIELDS)}


def _ours(row: tuple[Any, ...]) -> Ours:
    key, external_id, total, stage, department, *hashes = row
    return Ours(external_id, key, total, stage, department, frozenset(hashes) - {""})


def _parts(numbers: Iterable[str]) -> Iterator[list[str]]:
    left = iter(numbers)
    while part := list(islice(left, AT_ONCE)):
        yield part
