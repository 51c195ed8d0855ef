"""What others are to be told, and every attempt at it (clause 2.1.2). No personal data stands here."""

from typing import ClassVar

from django.db import models

from jiedan.connectors.models import Account
from jiedan.orders.models import Order


class Outgoing(models.Model):
    """One event for one connection; it is sent until the other side took it or three days are over."""

    WAITING, SENT, GIVEN_UP = "waiting", "sent", "given_up"

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="outgoing")
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="+")
    event = models.CharField(max_length=60)
    payload = models.JSONField()
    dedupe_key = models.CharField(max_length=100, unique=True)
    state = models.CharField(max_length=10, default=WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    last_status = models.PositiveIntegerField(null=True)
    last_error = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "next_at"], name="outgoing_next")]

    def __str__(self) -> str:
        return f"{self.event} {self.dedupe_key}"


class Attempt(models.Model):
    """One try at sending: what was answered, or the kind of failure."""

    outgoing = models.ForeignKey(Outgoing, on_delete=models.CASCADE, related_name="tries")
    at = models.DateTimeField()
    status = models.PositiveIntegerField(null=True)
    error = models.CharField(max_length=60, blank=True)

    def __str__(self) -> str:
        return f"{self.outgoing_id} {self.status or self.error}"
