"""Answers kept for repeated requests with the same Idempotency-Key."""

from typing import ClassVar

from django.db import models

from jiedan.people.models import Staff


class KeptAnswer(models.Model):
    """The answer to a request, written in the transaction of its effect; the same key gets it again (≥ 24 h)."""

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="+")
    route = models.CharField(max_length=120)
    key = models.CharField(max_length=128)
    body_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    etag = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["staff", "route", "key"], name="one_answer_per_key"),
        ]

    def __str__(self) -> str:
        return f"{self.route} {self.key}: {self.status}"
