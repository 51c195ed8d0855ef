"""Listings of the platform, and the versions of the company's routing (clauses 2.1.1, 1.3.4)."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jiedan.core.lifecycle import ListingStage
from jiedan.orders.models import DataKey, Order, Yuan
from jiedan.people.models import Department, Staff
from jiedan.people.subject import Subject


class Listing(Subject):
    """An order posted on the platform that the company may go for (平台发布的订单信息)."""

    KIND = "listing"
    PREFIX = "LS"
    FOLDER = "listings"
    WITH = ("department", "claimed_by", "order")

    channel = models.CharField(max_length=20)
    shop = models.CharField(max_length=60, blank=True)
    external_id = models.CharField(max_length=128, blank=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="listings")
    summary = models.CharField(max_length=200)
    details = models.TextField(blank=True)
    category = models.CharField(max_length=60, blank=True)
    budget = Yuan(null=True)
    posted_at = models.DateTimeField()
    needed_on = models.DateField(null=True)
    valid_until = models.DateTimeField(null=True)
    """Until when somebody may go for it; then it leaves the square by itself."""
    region = models.CharField(max_length=120, blank=True)
    source_at = models.DateTimeField(null=True)
    """When the platform said the newest that we have heard of it."""
    score = models.SmallIntegerField(default=-1)
    """How well it fitted its department when that was last judged, of 100; -1 when nothing could be compared."""
    next_step = models.CharField(max_length=200, blank=True)
    next_on = models.DateField(null=True)
    """What was agreed on at the last contact, and for when."""
    claimed_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="claimed_listings")
    claimed_at = models.DateTimeField(null=True)
    last_held_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    """Whose claim ended last without an order; they let others go first for a while."""
    given_back_at = models.DateTimeField(null=True)
    passed = models.JSONField(default=list)
    """Keys of the departments that said it is not for them; it is not proposed to them again."""
    order = models.OneToOneField(Order, null=True, on_delete=models.PROTECT, related_name="listing")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["channel", "shop", "external_id"],
                condition=~Q(external_id=""),
                name="one_listing_per_external_id",
            ),
            models.CheckConstraint(condition=Q(stage__in=list(ListingStage)), name="listing_stage_known"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(F("department"), F("stage"), F("due_at"), F("id"), name="listing_dept_stage_due"),
            models.Index(
                F("department"), F("stage"), F("score").desc(), F("id").desc(), name="listing_dept_stage_score"
            ),
            models.Index(F("stage"), F("score").desc(), F("id").desc(), name="listing_stage_score"),
            models.Index(
                F("department"), F("valid_until"), F("id"), condition=Q(stage="open"), name="listing_dept_until"
            ),
            models.Index(fields=["valid_until"], condition=Q(stage="open"), name="listing_open_until"),
            models.Index(
                fields=["claimed_by"], condition=Q(stage__in=["claimed", "contacted"]), name="listing_held_by"
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    def back_to_the_square(self, now: datetime) -> None:
        """End the claim; whoever held it is remembered."""
        self.last_held_by_id, self.given_back_at = self.claimed_by_id, now
        self.claimed_by, self.claimed_at = None, None
        self.next_step, self.next_on = "", None


class RoutingVersion(models.Model):
    """The company's routing rules as one whole; versions are added, never changed (clause 1.3.4)."""

    number = models.PositiveIntegerField(unique=True)
    rules = models.JSONField()
    reason = models.CharField(max_length=300)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"v{self.number}"


class ScopeVersion(models.Model):
    """What a department declares that it does; versions are added, never changed (clause 2.1.1)."""

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="scopes")
    number = models.PositiveIntegerField()
    scope = models.JSONField()
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["department", "number"], name="scope_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.department_id} v{self.number}"


class ChangeNotice(models.Model):
    """What the platform said otherwise after an order was accepted; a person decides (clauses 2.1.2, 1.3.2).

    `differs` names each difference as [here, there] without personal data; the message is sealed with the customer's
    key. At most one notice of an order is pending.
    """

    PENDING, TAKEN_OVER, REJECTED, OUTDATED = "pending", "taken_over", "rejected", "outdated"

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="change_notices")
    state = models.CharField(max_length=12, default=PENDING)
    content_hash = models.CharField(max_length=64)
    differs = models.JSONField()
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()
    noticed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(state="pending"), name="one_pending_change_per_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.state}"


class EarlyCancel(models.Model):
    """The platform cancelled an order that we don't know yet; followed when the order arrives (clause 2.1.2)."""

    platform = models.CharField(max_length=20)
    shop = models.CharField(max_length=60)
    external_id = models.CharField(max_length=128)
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["platform", "shop", "external_id"], name="early_cancel_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["external_id"], condition=Q(settled_at=None), name="early_cancel_open"),
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.external_id}"
