"""Listings of the platform, and the versions of the company's routing (clauses 2.1.1, 1.3.4)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jiedan.core.lifecycle import ListingStage
from jiedan.orders.models import Yuan
from jiedan.people.models import Department, Staff
from jiedan.people.subject import Subject


class Listing(Subject):
    """An order posted on the platform that the company may go for (平台发布的订单信息)."""

    KIND = "listing"
    PREFIX = "LS"

    channel = models.CharField(max_length=20)
    external_id = models.CharField(max_length=128, blank=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="listings")
    summary = models.CharField(max_length=200)
    details = models.TextField(blank=True)
    category = models.CharField(max_length=60, blank=True)
    budget = Yuan(null=True)
    posted_at = models.DateTimeField()
    needed_on = models.DateField(null=True)
    claimed_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="claimed_listings")
    claimed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["channel", "external_id"], condition=~Q(external_id=""), name="one_listing_per_external_id"
            ),
            models.CheckConstraint(condition=Q(stage__in=list(ListingStage)), name="listing_stage_known"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(F("department"), F("stage"), F("due_at"), F("id"), name="listing_dept_stage_due"),
        ]

    def __str__(self) -> str:
        return self.ref


class RoutingVersion(models.Model):
    """The company's routing rules as one whole; versions are added, never changed (clause 1.3.4)."""

    number = models.PositiveIntegerField(unique=True)
    rules = models.JSONField()
    reason = models.CharField(max_length=300)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"v{self.number}"
