"""A spreadsheet on its way in: the sealed file, its orders or listings in chunks, layouts that are known (2.1.1, 2.1.2)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jiedan.core.lifecycle import ImportStage
from jiedan.orders.models import DataKey
from jiedan.people.models import Department, Staff
from jiedan.people.subject import Subject

ORDERS, LISTINGS = "orders", "listings"
"""What a file can hold."""


class Import(Subject):
    """One file and what became of it; its content is sealed with a key of its own until it isn't needed any more."""

    KIND = "import"
    PREFIX = "DR"
    FOLDER = "imports"
    TOLD = ("holds", "platform", "shop", "rows", "orders", "done", "counts", "problem", "uploaded_at", "finished_at")

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    """Who has it imported: what comes in is what this person may change."""
    holds = models.CharField(max_length=10, default=ORDERS)
    language = models.CharField(max_length=10)
    """The reasons are written in it, because they also go into the file that is given back."""
    platform = models.CharField(max_length=20)
    shop = models.CharField(max_length=60)
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    kind = models.CharField(max_length=4)
    sheet = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField()
    first_row = models.PositiveIntegerField()
    """Index of the first row below the headers, from 0."""
    layout = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    rows = models.PositiveIntegerField()
    orders = models.PositiveIntegerField(default=0)
    """How many orders, or listings, the rows are."""
    done = models.PositiveIntegerField(default=0)
    """Rows that are checked, or imported: what the progress bar shows."""
    counts = models.JSONField(default=dict)
    """Orders or listings by what they are, after the check, or by what became of them."""
    problem = models.TextField(blank=True)
    uploaded_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    key = models.OneToOneField(DataKey, on_delete=models.PROTECT)
    sample = models.BinaryField()
    """The first rows below the headers, sealed, for whoever says which column holds what."""

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(stage__in=list(ImportStage)), name="import_stage_known"),
            models.CheckConstraint(condition=Q(holds__in=[ORDERS, LISTINGS]), name="import_holds_known"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(F("department"), F("id").desc(), name="import_newest"),
            models.Index(fields=["moved_at"], condition=Q(stage__in=["checking", "importing"]), name="import_moving"),
        ]

    def __str__(self) -> str:
        return self.file_name


class Part(models.Model):
    """A piece of the file as it was uploaded, sealed."""

    of = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="parts")
    number = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["of", "number"], name="part_once"),
        ]

    def __str__(self) -> str:
        return f"{self.of_id}.{self.number}"


class Chunk(models.Model):
    """Up to five hundred orders or fifty listings of a file, sealed, with what each is or became; imported in one transaction."""

    of = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="chunks")
    number = models.PositiveIntegerField()
    rows = models.PositiveIntegerField()
    orders = models.PositiveIntegerField()
    counts = models.JSONField()
    sealed = models.BinaryField()
    results = models.BinaryField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["of", "number"], name="chunk_once"),
        ]

    def __str__(self) -> str:
        return f"{self.of_id}.{self.number}"


class Layout(models.Model):
    """The columns that somebody gave a file of this form, so that the next one needs no questions."""

    holds = models.CharField(max_length=10, default=ORDERS)
    platform = models.CharField(max_length=20)
    shop = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    mapping = models.JSONField()
    used_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["holds", "platform", "shop", "digest"], name="layout_once"),
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.shop} {self.digest[:8]}"
