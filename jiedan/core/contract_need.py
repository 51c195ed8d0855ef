"""Whether an order needs a contract: by amount, kind, customer, and whether the customer wants one (clause 2.3.2)."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Reason(StrEnum):
    """Why a contract is needed."""

    WANTED = "wanted"
    """The customer asked for one."""
    AMOUNT = "amount"
    """The order is large."""
    SERVICE = "service"
    """There is a service in it, which has to be described."""
    NEW_CUSTOMER = "new_customer"
    """We haven't done business with the customer before."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Amounts in yuan from which (inclusive) a contract is needed."""

    any_order: Decimal
    with_service: Decimal
    new_customer: Decimal


def reasons(total: Decimal, kind: str, *, known_customer: bool, wanted: bool, limits: Limits) -> list[Reason]:
    """Why the order needs a contract; nothing when it needs none."""
    found = {
        Reason.WANTED: wanted,
        Reason.AMOUNT: total >= limits.any_order,
        Reason.SERVICE: kind != "product" and total >= limits.with_service,
        Reason.NEW_CUSTOMER: not known_customer and total >= limits.new_customer,
    }
    return [reason for reason, holds in found.items() if holds]
