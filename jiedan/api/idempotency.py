"""Idempotency-Key: the same request sent twice takes effect once and gets the same answer.

Same key and body: the kept answer. Same key, other body: 422. First one still running: 409. The answer is kept in
the transaction of the effect, for its account and route.
"""

import hashlib
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from jiedan.api.models import KeptAnswer
from jiedan.api.problems import Problem
from jiedan.core import clock

KEEP = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered with; KEPT is what a repetition is answered with, when that isn't the same."""

    status: int
    body: str
    etag: str = ""
    kept: str = ""


def once(staff: int, route: str, key: str | None, body: bytes, now: datetime, run: Callable[[], Answer]) -> Answer:
    """RUN the request, or give the answer it got before. Raises Problem."""
    if key is None:
        return run()
    if not 1 <= len(key) <= 128 or not key.isprintable():
        raise Problem(400, "bad_idempotency_key", _("Idempotency-Key has to be 1 to 128 printable characters."))
    digest = hashlib.sha256(body).hexdigest()
    with transaction.atomic():
        if not _first(f"{staff} {route} {key}"):
            raise Problem(
                409,
                "still_running",
                _("The first request with this Idempotency-Key is still running; ask again in a moment."),
            )
        kept = KeptAnswer.objects.filter(staff=staff, route=route, key=key).first()
        if kept is not None:
            return _again(kept, digest)
        answer = run()
        KeptAnswer.objects.create(
            staff_id=staff,
            route=route,
            key=key,
            body_hash=digest,
            status=answer.status,
            body=answer.kept or answer.body,
            etag=answer.etag,
            created_at=now,
        )
    return answer


def forget_old(now: datetime) -> int:
    """Drop answers that nobody can ask for any more; returns how many."""
    return KeptAnswer.objects.filter(created_at__lt=now - KEEP).delete()[0]


def forget() -> int:
    """The hourly job that drops old answers."""
    return forget_old(clock.now())


def _again(kept: KeptAnswer, digest: str) -> Answer:
    if kept.body_hash != digest:
        raise Problem(
            422, "idempotency_key_reused", _("This Idempotency-Key was used for another request; use a new one.")
        )
    return Answer(kept.status, kept.body, kept.etag)


def _first(name: str) -> bool:
    # SQLite lets one writer in at a time, so a second request simply waits and finds the kept answer.
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as sql:
        sql.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [0x4964, zlib.crc32(name.encode()) - 2**31])
        row = sql.fetchone()
    return bool(row and row[0])
