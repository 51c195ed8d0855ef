"""Contracts, their versions, what the customer remarked on their clauses, and the templates they are drawn from (2.3.2)."""

import json
from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from jiedan.core.contract_text import Clause, Signatory
from jiedan.core.terms import Terms
from jiedan.orders import vault
from jiedan.orders.models import Order
from jiedan.people.models import Staff

TEXT, EVIDENCE, REMARK, SIGNATORIES = "contract text", "contract evidence", "contract remark", "contract signatories"


class Contract(models.Model):
    """A version of an order's contract; the next one is a new row.

    The text names the customer, so it is sealed with their key; `content_hash` is its fingerprint, which reviews, remarks
    and signatures are about. `terms` are the agreed terms that it was drawn from. `evidence` holds, sealed, who signed for
    the customer, when, from where, and the drawn signature as an SVG path. `template_kind` and `template_number` say which
    template it was drawn from (no number: before templates had versions), `signatories`, sealed, whom it names as signing.
    """

    DRAFT, SUBMITTED, PASSED, SENT, SIGNED, CONCLUDED, WITHDRAWN = (
        "draft", "submitted", "passed", "sent", "signed", "concluded", "withdrawn",
    )  # fmt: skip
    OPEN = (DRAFT, SUBMITTED, PASSED, SENT, SIGNED)

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="contracts")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, default=DRAFT)
    saves = models.PositiveIntegerField(default=0)
    sealed = models.BinaryField()
    terms = models.JSONField()
    template_kind = models.CharField(max_length=8, blank=True)
    template_number = models.PositiveIntegerField(null=True)
    signatories = models.BinaryField(default=b"")
    content_hash = models.CharField(max_length=64, blank=True)
    authors = models.JSONField(default=list)
    questions = models.TextField(blank=True)
    """What the reviewer returned the version before this one with."""
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    checklist = models.JSONField(default=list)
    sent_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    evidence = models.BinaryField(default=b"")
    concluded_at = models.DateTimeField(null=True)
    concluded_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    countersignature = models.JSONField(default=dict)
    """Who signed for the company: name, post, the drawn signature as an SVG path."""
    on_paper = models.BooleanField(default=False)
    """Signed by hand and scanned in, instead of here."""
    withdrawn_because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["order", "number"], name="contract_number_once"),
            models.UniqueConstraint(fields=["order"], condition=~Q(state="withdrawn"), name="one_contract_per_order"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} #{self.number}: {self.state}"

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """The text. Raises vault.Unreadable: the customer's data were erased."""
        found = vault.unseal_bytes(self.order.customer.key.opened(), bytes(self.sealed), TEXT)
        return tuple(Clause.read(kept) for kept in json.loads(found))

    def write(self, clauses: Iterable[Clause]) -> None:
        """Put the text in place of what stands there (in memory)."""
        text = json.dumps([clause.data() for clause in clauses], ensure_ascii=False)
        self.sealed = vault.seal_bytes(self.order.customer.key.opened(), text.encode(), TEXT)

    def name_signatories(self, customer: Signatory, company: Signatory) -> None:
        """Put down who the contract names as signing for each side (in memory)."""
        kept = json.dumps([[one.name, one.post] for one in (customer, company)], ensure_ascii=False)
        self.signatories = vault.seal_bytes(self.order.customer.key.opened(), kept.encode(), SIGNATORIES)

    def named(self) -> tuple[Signatory, Signatory]:
        """Who the contract names as signing for the customer, and for the company. Raises vault.Unreadable."""
        if not self.signatories:
            return Signatory(), Signatory()
        found = vault.unseal_bytes(self.order.customer.key.opened(), bytes(self.signatories), SIGNATORIES)
        customer, company = (Signatory(*kept) for kept in json.loads(found))
        return customer, company

    @property
    def agreed(self) -> Terms:
        """The terms that it was drawn from."""
        return Terms.read(self.terms)

    def put_evidence(self, found: dict[str, Any]) -> None:
        """Seal how the customer signed."""
        key = self.order.customer.key.opened()
        self.evidence = vault.seal_bytes(key, json.dumps(found, ensure_ascii=False).encode(), EVIDENCE)

    def signature(self) -> dict[str, Any]:
        """How the customer signed: name, capacity, post, at, address, device, consent, drawn; empty before, or when erased."""
        if not self.evidence:
            return {}
        try:
            key = self.order.customer.key.opened()
            found: dict[str, Any] = json.loads(vault.unseal_bytes(key, bytes(self.evidence), EVIDENCE))
        except vault.Unreadable:
            return {}
        return found


class Remark(models.Model):
    """What the customer remarked on a clause of a version, sealed with their key."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="remarks")
    topic = models.CharField(max_length=20)
    sealed = models.BinaryField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.contract_id} {self.topic}"

    @property
    def words(self) -> str:
        """What they wrote; "" when their data were erased."""
        try:
            return vault.unseal_bytes(self.contract.order.customer.key.opened(), bytes(self.sealed), REMARK).decode()
        except vault.Unreadable:
            return ""


class ContractTemplate(models.Model):
    """A version of the template for one kind of contract; versions are added, never changed (clauses 2.3.2, 6.3.2).

    Version 0 is the one that comes with the system (core.contract_template.STANDARD) and has no row.
    """

    kind = models.CharField(max_length=8)
    number = models.PositiveIntegerField()
    clauses = models.JSONField()
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "number"], name="contract_template_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} v{self.number}"


class TemplateDraft(models.Model):
    """What somebody works on to become the next version of a template; nobody else sees it."""

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8)
    based_on = models.PositiveIntegerField()
    clauses = models.JSONField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["staff", "kind"], name="one_template_draft_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.kind}"
