"""A sender's own count of a day, which counts from then on (clause 6.1.2)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol

from django.db import transaction

from jiedan.connectors.reconciliation.models import Run, Statement
from jiedan.core import clock


class Sender(Protocol):
    """A connection, or the facts of one."""

    @property
    def id(self) -> int:
        """Its key."""


def take_statement(account: Sender, day: date, count: int, amount: Decimal, ids: Sequence[str] | None = None) -> None:
    """Keep how many orders a sender says it sent that were paid on DAY (China), for how much (yuan), and perhaps which.

    The last word counts: a day that was compared already is compared again with the next round.
    """
    values = {
        "count": count,
        "amount": amount,
        "ids": None if ids is None else sorted(set(ids)),
        "received_at": clock.now(),
    }
    with transaction.atomic():
        Statement.objects.update_or_create(account_id=account.id, day=day, defaults=values)
        Run.objects.filter(account_id=account.id, day=day).update(finished_at=None)
