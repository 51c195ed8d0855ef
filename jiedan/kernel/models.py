"""The ledger, its seals, the table of deadlines, the outbox, notices, and the versions of the company's rules."""

from typing import Any, ClassVar

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Func, Q
from django.db.models.functions import Now
from django.db.models.sql.compiler import SQLCompiler

from jiedan.people.models import Department, Staff
from jiedan.people.subject import Subject


class CurrentTransaction(Func):
    """The number of the running transaction on PostgreSQL; 0 on SQLite, where one writer at a time needs none."""

    output_field = models.BigIntegerField()

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *args: Any, **kwargs: Any) -> Any:
        """The default of Record.tx."""
        return ("(pg_current_xact_id()::text::bigint)" if connection.vendor == "postgresql" else "0"), []


class Record(models.Model):
    """One step that was taken: append-only, chained to the subject's previous record (clauses 6.1.1, 6.2.1).

    `body` is the canonical JSON (RFC 8785) that `hash` (SHA-256) covers; the columns repeat parts of it for
    queries, and verification compares them. `at` is when it happened, `entered_at` when it was written down.
    """

    tx = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)
    subject_type = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    seq = models.PositiveIntegerField()
    action = models.CharField(max_length=64)
    clause = models.CharField(max_length=8)
    actor = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=24)
    at = models.DateTimeField()
    entered_at = models.DateTimeField()
    body = models.TextField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["subject_type", "subject_id", "seq"], name="record_seq_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["tx", "id"], name="record_tx"),
            models.Index(F("department"), F("id").desc(), name="record_department"),
            models.Index(fields=["action", "entered_at"], name="record_action"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.action}"


class SealedRecord(models.Model):
    """A record's place in the one chain over all records: chain = SHA-256(previous chain + record hash)."""

    number = models.BigIntegerField(primary_key=True)
    record = models.OneToOneField(Record, on_delete=models.PROTECT, related_name="seal")
    chain = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.number}: {self.chain[:12]}"


class SealCursor(models.Model):
    """How far the sealer has read; a convenience, not evidence. See kernel/sealing.py."""

    tx = models.BigIntegerField(default=-1)
    record = models.BigIntegerField(default=0)
    after = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"({self.tx}, {self.record})"


class Deadline(models.Model):
    """A clock of a subject, written down: rebuildable from the records at any time (kernel/clocks.py)."""

    subject_type = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    name = models.CharField(max_length=40)
    round = models.PositiveSmallIntegerField()
    clause = models.CharField(max_length=8)
    department = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="+")
    terms = models.JSONField()
    procedure = models.PositiveIntegerField()
    calendar = models.PositiveIntegerField()
    pauses = models.JSONField(default=list)
    started_at = models.DateTimeField()
    started_by = models.PositiveIntegerField()
    due_at = models.DateTimeField(null=True)
    warn_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=8)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.PositiveIntegerField(null=True)
    warned_at = models.DateTimeField(null=True)
    overdue_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["subject_type", "subject_id", "name", "round"], name="deadline_round_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # The sweep reads only what is about to fall due, however many clocks run.
            models.Index(fields=["due_at"], condition=Q(status="running", overdue_at=None), name="deadline_to_expire"),
            models.Index(
                fields=["warn_at"],
                condition=Q(status="running", warned_at=None, overdue_at=None),
                name="deadline_to_warn",
            ),
            models.Index(fields=["department", "due_at"], condition=Q(status="running"), name="deadline_department"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.round}: {self.status}"


class Outbox(models.Model):
    """A reaction still to be carried out, written in the transaction of its record (kernel/reactions.py)."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    reaction = models.CharField(max_length=40)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    error = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["next_at", "id"], name="outbox_next")]

    def __str__(self) -> str:
        return f"{self.reaction} of record {self.record_id}"


class Attempt(models.Model):
    """A step that somebody tried and that was refused: nothing changed, and that they tried is known (6.2.1, 6.2.3).

    `status` and `code` are those of the answer. `staff` is empty for a customer. Input isn't kept.
    """

    subject_type = models.CharField(max_length=20)
    subject_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=64)
    staff = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    who = models.CharField(max_length=60)
    channel = models.CharField(max_length=20)
    status = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40)
    sentence = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["subject_type", "subject_id", "-id"], name="attempt_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.action}: {self.code}"


class Notice(models.Model):
    """Something a person was told, in the application and by e-mail."""

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="notices")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    reaction = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["staff", "record", "reaction"], name="told_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(F("staff"), F("id").desc(), name="notice_newest"),
            models.Index(fields=["staff"], condition=Q(read_at=None), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.reaction} → {self.staff_id}"


class Mail(models.Model):
    """An e-mail still to be sent, with growing pauses between attempts; kept when it was sent or given up.

    Either of a notice, or of the WRITER that a room above registered (kernel/notices.py), which keeps what it is about.
    """

    notice = models.OneToOneField(Notice, null=True, on_delete=models.CASCADE, related_name="mail")
    writer = models.CharField(max_length=20, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="mail_to_send"),
        ]

    def __str__(self) -> str:
        return f"mail of {self.writer or 'notice'} {self.notice_id or self.pk}"


class ReadReceipt(models.Model):
    """Who has looked at a subject, first and last, up to which version: "what changed since I last looked"."""

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="+")
    subject_type = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    seq = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["subject_type", "subject_id", "staff"], name="receipt_once"),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} read {self.subject_type} {self.subject_id}"


class WorkerBeat(models.Model):
    """The sign of life of a worker; readiness and the doctor look at it."""

    name = models.CharField(max_length=80, primary_key=True)
    started_at = models.DateTimeField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class PeriodicTask(models.Model):
    """Something done again and again; `next_at` moves on in the transaction that queues the job."""

    name = models.CharField(max_length=80, unique=True)
    function = models.CharField(max_length=120)
    arguments = models.JSONField(default=list)
    every_seconds = models.PositiveIntegerField()
    next_at = models.DateTimeField()
    is_active = models.BooleanField(default=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["next_at"], condition=Q(is_active=True), name="periodic_next"),
        ]

    def __str__(self) -> str:
        return self.name


class Procedure(Subject):
    """The company's procedure as a subject: its values change by recorded steps (one row)."""

    KIND = "procedure"
    PREFIX = "ZD"
    FOLDER = "procedure"

    def __str__(self) -> str:
        return "接单制度"


class ProcedureVersion(models.Model):
    """The company's values from a moment on; versions are added, never changed (clause 6.3.2)."""

    number = models.PositiveIntegerField(unique=True)
    effective_from = models.DateTimeField()
    values = models.JSONField()
    reason = models.CharField(max_length=300)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"v{self.number}"


class CompanyCalendar(Subject):
    """The company's working calendar as a subject (one row)."""

    KIND = "calendar"
    PREFIX = "RL"
    FOLDER = "calendar"

    def __str__(self) -> str:
        return "工作日历"


class CalendarVersion(models.Model):
    """The working calendar as one whole (core.worktime JSON); versions are added, never changed."""

    number = models.PositiveIntegerField(unique=True)
    data = models.JSONField()
    reason = models.CharField(max_length=300)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"v{self.number}"
