"""Comparisons of a shop's day with the platform, what differs, and when which day was compared (clause 6.1.2)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jiedan.connectors.models import Account
from jiedan.core.lifecycle import ReconciliationStage
from jiedan.orders.models import Order, Yuan
from jiedan.people.models import Department, Staff
from jiedan.people.subject import Subject


class Reconciliation(Subject):
    """One department's orders of a shop's business day, here and on the platform.

    A shop sells for several departments; each sees and mends what is its own. What can't be told apart (a day's total,
    an order that no rule routes) stands with the company.
    """

    KIND = "reconciliation"
    PREFIX = "DZ"
    FOLDER = "reconciliation"
    TOLD = (
        "day", "source", "theirs_count", "theirs_amount", "ours_count", "ours_amount", "open_differences", "checked_at",
    )  # fmt: skip

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="reconciliations")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    source = models.CharField(max_length=12)
    theirs_count = models.PositiveIntegerField()
    theirs_amount = Yuan()
    ours_count = models.PositiveIntegerField()
    ours_amount = Yuan()
    open_differences = models.PositiveIntegerField(default=0)
    checked_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "day", "department"], name="reconciled_once_per_day"),
            models.CheckConstraint(condition=Q(stage__in=list(ReconciliationStage)), name="reconciliation_stage_known"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(F("day").desc(), F("account"), name="reconciliation_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.account.name} {self.day}"


class Difference(models.Model):
    """Something that isn't the same here and there; it counts until it is mended or a person explained it."""

    MISSING, UNKNOWN, AMOUNT, STATUS, TOTAL = "missing", "unknown", "amount", "status", "total"
    """Not here; not there; another amount; cancelled on one side alone; another total of the day."""
    OPEN, MENDING, MENDED, EXPLAINED = "open", "mending", "mended", "explained"

    reconciliation = models.ForeignKey(Reconciliation, on_delete=models.PROTECT, related_name="differences")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10)
    external_id = models.CharField(max_length=128, blank=True)
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="+")
    theirs_amount = Yuan(null=True)
    ours_amount = Yuan(null=True)
    theirs_status = models.CharField(max_length=20, blank=True)
    ours_status = models.CharField(max_length=24, blank=True)
    state = models.CharField(max_length=10, default=OPEN)
    found_at = models.DateTimeField()
    asked_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=12, blank=True)
    detail = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["reconciliation", "number"], name="difference_number_once"),
            models.UniqueConstraint(fields=["reconciliation", "kind", "external_id"], name="difference_once"),
        ]

    def __str__(self) -> str:
        return f"{self.reconciliation_id}.{self.number} {self.kind} {self.external_id}"


class Run(models.Model):
    """One comparison of a shop's day, made for one of the daily moments; a try that fails is tried again."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    due_at = models.DateTimeField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    differences = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "day", "due_at"], name="run_once_per_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.day}"


class Statement(models.Model):
    """What a sender says about a day: how many orders, how much, and perhaps which; the last word counts."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    count = models.PositiveIntegerField()
    amount = Yuan()
    ids = models.JSONField(null=True)
    received_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "day"], name="statement_once_per_day"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.day}"
