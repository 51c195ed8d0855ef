"""Links to the customer's pages, and what happened behind them (clauses 1.3.2, 2.3.1, 6.2.4)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from jiedan.kernel.models import Mail
from jiedan.orders import vault
from jiedan.orders.models import Customer, Order
from jiedan.people.models import Staff

PURPOSE = "portal link"
MAILBOX = "e-mail address"


class Link(models.Model):
    """A link for one purpose and one content of one order.

    Whoever holds the token is the customer. The database finds it by its SHA-256 and keeps it sealed with the customer's
    key, for staff who send it again. `about` binds the link to one content (a fingerprint), if it is about one.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="portal_links")
    purpose = models.CharField(max_length=20)
    about = models.CharField(max_length=64, blank=True)
    token_sha256 = models.CharField(max_length=64, unique=True)
    sealed = models.BinaryField()
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_because = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["order", "purpose"], name="portal_link_order")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.purpose} #{self.pk}"

    @property
    def token(self) -> str:
        """The token itself. Raises vault.Unreadable: the customer's data were erased."""
        return vault.unseal_bytes(self.order.customer.key.opened(), bytes(self.sealed), PURPOSE).decode()


class Visit(models.Model):
    """Somebody used a link: what they did or tried, when, from where (clause 6.2.1)."""

    LOOKED, ACTED, REFUSED, FETCHED = "looked", "acted", "refused", "fetched"

    link = models.ForeignKey(Link, on_delete=models.PROTECT, related_name="visits")
    at = models.DateTimeField()
    what = models.CharField(max_length=8)
    detail = models.CharField(max_length=300, blank=True)
    """The step taken, the file fetched, or the sentence that said why not."""
    address = models.CharField(max_length=45, blank=True)
    device = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["link", "-id"], name="portal_visit_link"),
            # What the sweep throws away: what customers did stays (portal/retention.py).
            models.Index(fields=["at"], condition=~Q(what="acted"), name="portal_visit_passing"),
        ]

    def __str__(self) -> str:
        return f"{self.link_id}: {self.what}"


class Mailbox(models.Model):
    """The e-mail address that a customer gave, sealed with their key, and the language they are written in (6.2.4)."""

    customer = models.OneToOneField(Customer, on_delete=models.PROTECT, related_name="mailbox")
    sealed = models.BinaryField()
    masked = models.CharField(max_length=260)
    language = models.CharField(max_length=10)
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.masked


class Sending(models.Model):
    """A link was given to the customer: in which way, when, by whom, to which masked address (clause 2.3.1).

    `sealed` is the address in full, sealed with the customer's key; what became of the mail stands at the mail.
    """

    MAIL, SCREEN, CHAT, SHOP = "mail", "screen", "chat", "shop"

    link = models.ForeignKey(Link, on_delete=models.PROTECT, related_name="sendings")
    way = models.CharField(max_length=8)
    at = models.DateTimeField()
    by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=10, blank=True)
    to = models.CharField(max_length=260, blank=True)
    sealed = models.BinaryField(default=b"")
    mail = models.OneToOneField(Mail, null=True, on_delete=models.PROTECT, related_name="sending")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["link", "-id"], name="portal_sending_link")]

    def __str__(self) -> str:
        return f"{self.link_id} {self.way} {self.to}"
