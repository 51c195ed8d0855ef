"""The outside: connections to shops, what they sent, what couldn't be used, refunds kept for after-sales."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jiedan.acquisition.models import Listing
from jiedan.core.lifecycle import ConnectionStage, MessageStage
from jiedan.orders.models import DataKey, Order
from jiedan.people.subject import Subject


class Account(Subject):
    """The connection to one shop on one platform; its credentials are sealed with a key of their own (6.2.1)."""

    KIND = "connection"
    PREFIX = "LJ"
    FOLDER = "connections"
    TOLD = ("platform", "shop", "name", "code", "address", "last_ok_at", "last_error")

    platform = models.CharField(max_length=20)
    shop = models.CharField(max_length=60)
    name = models.CharField(max_length=60)
    code = models.SlugField(max_length=40, unique=True)
    address = models.URLField(max_length=300, blank=True)
    key = models.OneToOneField(DataKey, on_delete=models.PROTECT)
    credentials = models.BinaryField()
    high_water = models.DateTimeField(null=True)
    last_run_at = models.DateTimeField(null=True)
    last_ok_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    failures = models.PositiveIntegerField(default=0)
    callbacks = models.JSONField(default=list)
    """Names of the callbacks that the other side has registered for."""
    tested_at = models.DateTimeField(null=True)
    test_result = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["platform", "shop"], name="one_account_per_shop"),
            models.CheckConstraint(condition=Q(stage__in=list(ConnectionStage)), name="connection_stage_known"),
        ]

    def __str__(self) -> str:
        return self.name


class Message(models.Model):
    """A push that was verified and read, kept as it came; its own number is answered like the first time.

    `sealed` holds the raw text of an order under its customer's key, so that erasing the customer erases it too; all
    that is said of one listing is under a key of its own.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="messages")
    message_id = models.CharField(max_length=128, blank=True)
    kind = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    outcome = models.CharField(max_length=12)
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="+")
    listing = models.ForeignKey(Listing, null=True, db_index=False, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    key = models.ForeignKey(DataKey, null=True, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["account", "message_id"], condition=~Q(message_id=""), name="message_once_per_account"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(F("account"), F("received_at").desc(), name="message_newest"),
            models.Index(fields=["order"], name="message_order"),
            models.Index(fields=["listing"], condition=Q(listing__isnull=False), name="message_listing"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id}"


class Quarantined(Subject):
    """A message that couldn't be verified, read or taken in: sealed with its reason until somebody settles it (2.1.2)."""

    KIND = "message"
    PREFIX = "GL"
    FOLDER = "quarantine"
    TOLD = ("channel", "kind", "external_id", "cause", "reason_zh", "reason_en", "times", "first_at", "last_at")

    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="quarantined")
    channel = models.CharField(max_length=20)
    kind = models.CharField(max_length=60, blank=True)
    external_id = models.CharField(max_length=128, blank=True)
    cause = models.CharField(max_length=40)
    reason_zh = models.TextField()
    reason_en = models.TextField()
    digest = models.CharField(max_length=64)
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()
    times = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["account", "digest", "cause"], condition=Q(stage="waiting"), name="quarantined_once"
            ),
            models.UniqueConstraint(
                fields=["channel", "digest", "cause"],
                condition=Q(stage="waiting", account=None),
                name="quarantined_once_of_strangers",
            ),
            models.CheckConstraint(condition=Q(stage__in=list(MessageStage)), name="message_stage_known"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["account", "external_id"], condition=Q(stage="waiting"), name="quarantined_open"),
            models.Index(fields=["cause", "last_at"], condition=Q(stage="waiting"), name="quarantined_cause"),
            models.Index(fields=["account", "last_at"], name="quarantined_newest"),
            models.Index(fields=["digest"], name="quarantined_text"),
        ]

    def __str__(self) -> str:
        return f"{self.cause}: {self.external_id}"


class Refund(models.Model):
    """A refund that the platform reports, as it came (sealed); the after-sales chapter works on it."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="refunds")
    refund_id = models.CharField(max_length=128)
    order_external_id = models.CharField(max_length=128, db_index=True)
    status = models.CharField(max_length=20)
    sealed = models.BinaryField()
    digest = models.CharField(max_length=64)
    first_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "refund_id"], name="refund_once"),
        ]

    def __str__(self) -> str:
        return self.refund_id
