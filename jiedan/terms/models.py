"""Term sheets, what the customer said of each item, the log of the negotiation, allowed words (2.3.1, 1.3.1, 1.3.2)."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from jiedan.core.terms import Terms
from jiedan.orders.models import Order
from jiedan.people.models import Staff


class TermSheet(models.Model):
    """A version of the terms: a draft until it is offered, frozen from then on; the next one is a new row.

    `draft` is what people wrote (sheet.py), `terms` what it comes to (core.terms), `content_hash` its fingerprint: the
    customer's answers are about it. `saves` counts the savings of the draft. `confirmed_by` is sealed with the customer's key.
    """

    DRAFT, OFFERED, WITHDRAWN, AGREED = "draft", "offered", "withdrawn", "agreed"

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="term_sheets")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, default=DRAFT)
    saves = models.PositiveIntegerField(default=0)
    draft = models.JSONField()
    terms = models.JSONField(default=dict)
    content_hash = models.CharField(max_length=64, blank=True)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField(null=True)
    offered_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_because = models.CharField(max_length=200, blank=True)
    agreed_at = models.DateTimeField(null=True)
    how = models.CharField(max_length=10, blank=True)
    """How the customer confirmed: "portal", or as staff put it down."""
    confirmed_by = models.BinaryField(default=b"")
    contract_reasons = models.JSONField(default=list)
    """Why a contract is needed; nothing when none is (core.contract_need)."""

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["order", "number"], name="term_sheet_number_once"),
            models.UniqueConstraint(
                fields=["order"], condition=Q(state__in=["draft", "offered", "agreed"]), name="one_term_sheet_per_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} #{self.number}: {self.state}"

    @property
    def content(self) -> Terms:
        """The terms as they were offered."""
        return Terms.read(self.terms)


class ItemAnswer(models.Model):
    """What the customer said of one item of a term sheet: agreed to exactly this content, or asked about it."""

    AGREE, QUESTION = "agree", "question"

    sheet = models.ForeignKey(TermSheet, on_delete=models.PROTECT, related_name="answers")
    item = models.CharField(max_length=12)
    item_hash = models.CharField(max_length=64)
    verdict = models.CharField(max_length=8)
    words = models.TextField(blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.item}: {self.verdict}"


class Talk(models.Model):
    """An entry of the negotiation log: what was said with whom, what is open, what comes next."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="talks")
    at = models.DateTimeField()
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10)
    said = models.TextField()
    open_points = models.TextField(blank=True)
    next_step = models.CharField(max_length=200, blank=True)
    next_on = models.DateField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["order", "-id"], name="talk_order")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.at:%Y-%m-%d}"

    def facts(self) -> dict[str, Any]:
        """As JSON."""
        names = ("channel", "said", "open_points", "next_step")
        day = None if self.next_on is None else self.next_on.isoformat()
        return {name: getattr(self, name) for name in names} | {"at": self.at.isoformat(), "next_on": day}


class AllowedWord(models.Model):
    """A word that a platform's rules forbid and that a decision maker allowed in one order, with the reason (1.3.1)."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="allowed_words")
    word = models.CharField(max_length=60)
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["order", "word"], name="word_allowed_once_per_order"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.word}"
