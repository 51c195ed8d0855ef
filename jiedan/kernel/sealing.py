"""The sealer: gives committed records their place in one chain over all subjects (clause 6.2.1).

On PostgreSQL record numbers are handed out before transactions commit, so a lower number can become visible later.
Only records whose transaction is below `pg_snapshot_xmin` are sealed, in the order (tx, id): nothing can appear
below that line any more. SQLite has one writer at a time; there every visible record is final.

After a logical restore into a new cluster the transaction numbers start again. The sealer notices (the line is
below its cursor), seals everything left over by its number, and reads on from there.
"""

import hashlib
from collections.abc import Sequence

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from jiedan.kernel.models import Record, SealCursor, SealedRecord

GENESIS = hashlib.sha256(b"jiedan ledger 1").hexdigest()
"""What the first seal is chained to."""

_LOCK = 0x6A_69_65_64


def seal(limit: int = 5000) -> int:
    """Seal what is final, at most LIMIT records; returns how many. Safe to run in several workers at once."""
    with transaction.atomic():
        if not _alone():
            return 0
        cursor = SealCursor.objects.get_or_create(pk=1)[0]
        horizon = _horizon()
        if horizon is not None and horizon < cursor.tx:
            _adopt(cursor)
            return 0
        records = list(_unsealed(cursor, horizon)[:limit])
        if records:
            _chain(records)
            cursor.tx, cursor.record = records[-1]
            cursor.save(update_fields=["tx", "record"])
    return len(records)


def chained(previous: str, record_hash: str) -> str:
    """The chain value that follows PREVIOUS when a record with this hash is sealed."""
    return hashlib.sha256(f"{previous}{record_hash}".encode()).hexdigest()


def unsealed_since_cursor() -> int:
    """How many committed records wait for their seal, at most 10 000 counted."""
    cursor = SealCursor.objects.filter(pk=1).first() or SealCursor()
    return _unsealed(cursor, None)[:10000].count()


def _alone() -> bool:
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as sql:
        sql.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        row = sql.fetchone()
    return bool(row and row[0])


def _horizon() -> int | None:
    """Every transaction below this number has ended; None where no such line is needed."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as sql:
        sql.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        row = sql.fetchone()
    return int(row[0]) if row else None


def _unsealed(cursor: SealCursor, horizon: int | None) -> QuerySet[Record, tuple[int, int]]:
    rows = Record.objects.filter(id__gt=cursor.after)
    rows = rows.filter(Q(tx__gt=cursor.tx) | Q(tx=cursor.tx, id__gt=cursor.record))
    if horizon is not None:
        rows = rows.filter(tx__lt=horizon)
    return rows.order_by("tx", "id").values_list("tx", "id")


def _chain(records: Sequence[tuple[int, int]]) -> None:
    last = SealedRecord.objects.order_by("-number").first()
    number, chain = (last.number, last.chain) if last else (0, GENESIS)
    hashes = dict(Record.objects.filter(pk__in=[pk for _tx, pk in records]).values_list("pk", "hash"))
    seals = []
    for _tx, pk in records:
        number += 1
        chain = chained(chain, hashes[pk])
        seals.append(SealedRecord(number=number, record_id=pk, chain=chain))
    SealedRecord.objects.bulk_create(seals, batch_size=1000)


def _adopt(cursor: SealCursor) -> None:
    with connection.cursor() as sql:
        # Waits for records that are being written: one with a lower number mustn't appear behind the new line.
        sql.execute("LOCK TABLE kernel_record IN SHARE MODE")
    left_over = list(Record.objects.filter(seal=None).order_by("id").values_list("tx", "id"))
    if left_over:
        _chain(left_over)
    newest = Record.objects.order_by("-id").values_list("id", flat=True).first() or 0
    cursor.tx, cursor.record, cursor.after = -1, 0, newest
    cursor.save()
