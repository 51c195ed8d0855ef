"""Evaluation papers, the votes on them, and the versions of decision rules and screening list (2.2.1 to 2.2.3, 1.3.1)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from jiedan.orders.models import Order
from jiedan.people.models import Staff


class Evaluation(models.Model):
    """An evaluation of an order: a draft until it is submitted, frozen from then on; the next round is a new row.

    `content` is what people wrote (sheet.py), `prefilled` what the system had put there, `known` what it knew when the
    paper was submitted, `body` who decides (core.decision.Body). `content_hash` covers content, findings and the order's
    own data; the votes are about it. `version` counts the savings of the draft.
    """

    DRAFT, SUBMITTED, TAKEN, DECLINED, RETURNED, RECALLED = (
        "draft", "submitted", "taken", "declined", "returned", "recalled",
    )  # fmt: skip

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="evaluations")
    round = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, default=DRAFT)
    version = models.PositiveIntegerField(default=0)
    content = models.JSONField()
    prefilled = models.JSONField()
    known = models.JSONField(default=dict)
    authors = models.JSONField(default=list)
    questions = models.TextField(blank=True)
    asked_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")

    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    submitted_for = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    content_hash = models.CharField(max_length=64, blank=True)
    level = models.CharField(max_length=10, blank=True)
    legally_blocked = models.BooleanField(default=False)
    body = models.JSONField(default=dict)
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    advice = models.TextField(blank=True)
    told_at = models.DateTimeField(null=True)
    """When the customer was told that the order is declined."""

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["order", "round"], name="evaluation_round_once"),
            models.UniqueConstraint(
                fields=["order"], condition=Q(state__in=["draft", "submitted"]), name="one_open_evaluation_per_order"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["order"], condition=Q(state="declined", told_at=None), name="evaluation_customer_to_tell"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} #{self.round}: {self.state}"


class Ballot(models.Model):
    """One person's vote for one seat of the body, about one content (clauses 2.2.3, 1.3.4)."""

    TAKE, DECLINE, RETURN = "take", "decline", "return"

    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="ballots")
    seat = models.PositiveSmallIntegerField()
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    vote = models.CharField(max_length=8)
    content_hash = models.CharField(max_length=64)
    words = models.TextField(blank=True)
    advice = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["evaluation", "seat"], name="one_ballot_per_seat"),
            models.UniqueConstraint(fields=["evaluation", "staff"], name="one_ballot_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.evaluation_id}/{self.seat}: {self.vote}"


class DecisionVersion(models.Model):
    """The rules of who decides as one whole; versions are added, never changed (clause 1.3.4)."""

    number = models.PositiveIntegerField(unique=True)
    rules = models.JSONField()
    reason = models.CharField(max_length=300)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"v{self.number}"


class ScreeningVersion(models.Model):
    """The list of prohibited goods and platform rules as one whole; versions are added, never changed (clause 1.3.1)."""

    number = models.PositiveIntegerField(unique=True)
    entries = models.JSONField()
    reason = models.CharField(max_length=300)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"v{self.number}"
