"""Papers on file for an order, and who fetched them (clauses 2.3.2, 6.2.1)."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from jiedan.orders import vault
from jiedan.orders.models import DataKey, Order
from jiedan.people.models import Staff


class Document(models.Model):
    """A file that belongs to an order: its fingerprint is on record, its bytes and its name are sealed.

    `sha256` is of the file as it was taken in, `blob` of the sealed bytes in the store. `code` leads to the public
    page that says whether a paper was made here. Erasing the customer's key erases the file and its name.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=40)
    name_sealed = models.BinaryField()
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    blob = models.CharField(max_length=64)
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=16, unique=True)
    made_here = models.BooleanField(default=False)
    filed_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    filed_at = models.DateTimeField()
    signature = models.JSONField(default=dict)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["order", "kind", "sha256"],
                condition=Q(withdrawn_at=None),
                name="document_once_per_order_and_kind",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["sha256"], name="document_sha256"),
            models.Index(fields=["blob"], name="document_blob"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:12]}"

    @property
    def name(self) -> str:
        """The file's name as it was given; a word instead when the customer's data were erased."""
        try:
            return vault.unseal_bytes(self.key.opened(), bytes(self.name_sealed), "document name").decode()
        except vault.Unreadable:
            return _("(erased)")

    @property
    def purpose(self) -> str:
        """What the sealed bytes are bound to: they can't stand in for another order's or another kind's."""
        return f"document {self.order_id} {self.kind} {self.sha256}"

    def facts(self) -> dict[str, Any]:
        """What a ledger record says of it; the name isn't part of it, because records can't be erased."""
        return {"document": self.pk, "document_kind": self.kind, "sha256": self.sha256, "bytes": self.size}


class Fetched(models.Model):
    """Somebody took a copy of a document (clauses 6.2.3, 6.2.4)."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="fetched")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"document {self.document_id} by {self.staff_id}"
