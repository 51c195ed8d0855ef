"""The e-mail address that a customer gave: typed once, sealed with their key, masked wherever it is shown (6.2.4)."""

import re
from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

from jiedan.core.masking import mask_email
from jiedan.orders import vault
from jiedan.orders.models import Customer
from jiedan.portal.models import MAILBOX, Mailbox

_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:"
    + _LABEL
    + r"\.)+[A-Za-z][A-Za-z0-9-]*",
    re.ASCII,
)
LONGEST_NAME: Final = 64


def checked(text: str) -> str:
    """The one address in TEXT, or "" for none. Raises ValueError with the sentence for the field.

    Nothing that ends a line, separates addresses or begins a header gets through (S-09).
    """
    address = text.strip(" ")
    if not address:
        return ""
    if not _ADDRESS.fullmatch(address) or len(address.rpartition("@")[0]) > LONGEST_NAME:
        raise ValueError(_("This is no e-mail address. One address is expected, e.g. wang@example.com."))
    return address


def of(customer: Customer) -> Mailbox | None:
    """What the customer gave, if they did."""
    return Mailbox.objects.filter(customer=customer).first()


def keep(customer: Customer, address: str, language: str | None, *, at: datetime, by: int | None) -> Mailbox:
    """Remember the address; an empty one leaves the one that is known. Raises LookupError when none is."""
    known = of(customer)
    if known is None and not address:
        raise LookupError("no address is known")
    row = known or Mailbox(customer=customer, language=settings.LANGUAGE_CODE)
    if address:
        row.sealed = vault.seal_bytes(customer.key.opened(), address.encode(), MAILBOX)
        row.masked, row.given_at, row.given_by_id = mask_email(address), at, by
    row.language = language or row.language
    row.save()
    return row


def opened(customer: Customer, sealed: bytes) -> str:
    """An address that was sealed for this customer. Raises vault.Unreadable."""
    return vault.unseal_bytes(customer.key.opened(), bytes(sealed), MAILBOX).decode()
