"""Opening an order's sealed contact: only the step that puts it on record does this (clause 6.2.4)."""

from jiedan.orders import vault
from jiedan.orders.models import Contact, Order

SHOWN = (
    "receiver_name",
    "receiver_phone",
    "receiver_province",
    "receiver_city",
    "receiver_district",
    "receiver_address",
)
"""What is needed to reach the receiver; identity numbers and invoices are not part of it."""


def contact_of(order: Order) -> dict[str, str]:
    """The receiver in full. Raises vault.Unreadable when the customer's key was destroyed."""
    row = Contact.objects.select_related("key").get(order=order)
    opened = vault.unseal(row.key.opened(), bytes(row.sealed), "contact")
    return {name: opened[name] for name in SHOWN if opened.get(name)}
