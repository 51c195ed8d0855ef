"""The outside: accounts at platforms, messages that couldn't be used, refunds kept for the after-sales chapter."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from jiedan.orders.models import DataKey


class Account(models.Model):
    """Access to one shop on one platform; the credentials are sealed with a key of their own (6.2.1)."""

    platform = models.CharField(max_length=20)
    shop = models.CharField(max_length=60)
    name = models.CharField(max_length=60)
    address = models.URLField(max_length=300)
    key = models.OneToOneField(DataKey, on_delete=models.PROTECT)
    credentials = models.BinaryField()
    is_active = models.BooleanField(default=True)
    high_water = models.DateTimeField(null=True)
    last_run_at = models.DateTimeField(null=True)
    last_ok_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    failures = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["platform", "shop"], name="one_account_per_shop"),
        ]

    def __str__(self) -> str:
        return self.name


class Unusable(models.Model):
    """A message that couldn't become an order: kept sealed with the reason until somebody settles it."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="unusable")
    external_id = models.CharField(max_length=128, blank=True)
    reason = models.TextField()
    sealed = models.BinaryField()
    digest = models.CharField(max_length=64)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "digest"], name="unusable_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["account", "external_id"], condition=Q(settled_at=None), name="unusable_open"),
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.external_id}"


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
