"""What every subject of the procedure carries: its stage, its version and the head of its own record chain."""

from typing import ClassVar, Self

from django.db import models


class NoSuchSubject(LookupError):
    """There is no subject with that reference (or the person may not see it: the two look the same)."""


class Subject(models.Model):
    """A thing that steps are taken on. Only the dispatcher writes these columns.

    `version` counts the steps of people and platforms (it is the ETag); `seq` and `head` are the number and hash of
    the subject's last ledger record, timers included. `due_at` is the earliest due time of its running clocks.
    """

    KIND: ClassVar[str]
    """Name of the kind in records, URLs and lifecycles, e.g. "order"."""
    PREFIX: ClassVar[str]
    """Letters that the reference of a subject of this kind begins with, e.g. "JD"."""
    FOLDER: ClassVar[str]
    """Folder of its pages, e.g. "orders"; the API's too, unless API_FOLDER says otherwise."""
    API_FOLDER: ClassVar[str] = ""
    WITH: ClassVar[tuple[str, ...]] = ()
    """Related rows that whoever looks at one subject needs as well; read with it."""
    TOLD: ClassVar[tuple[str, ...]] = ()
    """Columns that programs are told of beside stage and version; nothing personal unless masked (S-35)."""

    stage = models.CharField(max_length=24, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    seq = models.PositiveIntegerField(default=0, editable=False)
    head = models.CharField(max_length=64, default="", editable=False)
    due_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def ref(self) -> str:
        """The reference that people and URLs use, e.g. LS000042."""
        return f"{self.PREFIX}{self.pk:06d}"

    @classmethod
    def pk_of(cls, ref: str) -> int:
        """The key behind a reference. Raises NoSuchSubject when it can't be one."""
        digits = ref.removeprefix(cls.PREFIX)
        if not ref.startswith(cls.PREFIX) or not digits.isascii() or not digits.isdigit() or len(digits) > 18:
            raise NoSuchSubject(ref)
        return int(digits)

    def matches(self, ref: str) -> bool:
        """Whether REF is exactly this subject's reference (not merely one with the same number)."""
        return self.ref == ref

    @property
    def scope_department_id(self) -> int | None:
        """The department whose people may see and act; None means the whole company's affair."""
        return getattr(self, "department_id", None)

    @classmethod
    def for_change(cls, pk: int) -> Self:
        """The row, locked until the transaction ends. Raises NoSuchSubject."""
        rows = cls._default_manager.select_for_update()
        found: Self | None = rows.filter(pk=pk).first()
        if found is None:
            raise NoSuchSubject(str(pk))
        return found
