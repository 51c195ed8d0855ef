"""The import itself: chunk after chunk through the one intake, each with its progress in one transaction (2.1.2)."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import translation

from jiedan.acquisition import intake
from jiedan.acquisition.intake import Taken
from jiedan.connectors.spreadsheet import jobs, sealed
from jiedan.connectors.spreadsheet.checking import order_of
from jiedan.connectors.spreadsheet.models import Chunk, Import
from jiedan.core import clock
from jiedan.core.lifecycle import ImportStage
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Refused
from jiedan.orders import access
from jiedan.people.actor import SYSTEM

SLICE = timedelta(seconds=60)
"""How long one job works before it puts the next into the queue."""


def go_on(key: int, here: bool = False) -> None:
    """Take in the chunks that are left; after a while the next job goes on, unless all is done HERE."""
    began = clock.now()
    while True:
        with transaction.atomic():
            chunk = _next(key)
            if chunk is None:
                break
            _take_in(chunk)
            if not here and clock.now() - began > SLICE:
                jobs.enqueue(key, ImportStage.IMPORTING)
                return
    _finish(key)


def take_next(key: int) -> bool:
    """Take in one chunk; False when none is left, or somebody abandoned the import."""
    with transaction.atomic():
        chunk = _next(key)
        if chunk is not None:
            _take_in(chunk)
    return chunk is not None


def _next(key: int) -> Chunk | None:
    # The row stays locked until the chunk is in: two workers never take the same one, nobody abandons it by halves.
    importing = access.visible(SYSTEM, Import).filter(pk=key, stage=ImportStage.IMPORTING)
    if not importing.update(moved_at=clock.now()):
        return None
    left = Chunk.objects.filter(of=key, done_at=None).select_related("of__key")
    return left.order_by("number").first()


def _take_in(chunk: Chunk) -> None:
    row, now = chunk.of, clock.now()
    key = row.key.opened()
    items = sealed.opened(key, chunk.sealed, sealed.CONTENT)
    with translation.override(row.language):
        taken = iter(intake.take_in_many([order_of(item) for item in items if item["content"]], f"import {row.ref}"))
    results = [_result(item, next(taken) if item["content"] else None) for item in items]
    _put_down(chunk, results, now)
    counts = Counter(row.counts)
    counts.update(chunk.counts)
    access.visible(SYSTEM, Import).filter(pk=row.pk).update(done=F("done") + chunk.rows, counts=dict(counts))


def _put_down(chunk: Chunk, results: list[dict[str, Any]], now: datetime) -> None:
    chunk.results = sealed.seal(chunk.of.key.opened(), results, sealed.RESULTS)
    chunk.counts = Counter(result["outcome"] for result in results)
    chunk.done_at = now
    chunk.save(update_fields=["results", "counts", "done_at"])


def _result(item: dict[str, Any], taken: Taken | None) -> dict[str, Any]:
    if taken is None:
        return {"outcome": item["outcome"], "reason": item["reason"], "ref": ""}
    return {"outcome": taken.outcome.value, "reason": taken.reason, "ref": taken.ref}


def _finish(key: int) -> None:
    row = access.visible(SYSTEM, Import).filter(pk=key, stage=ImportStage.IMPORTING).first()
    if row is None:
        return
    try:
        found = {"orders": row.orders, "counts": row.counts}
        dispatch("spreadsheet.finish_import", SYSTEM, found, subject=row, channel="connector")
    except Refused:
        # Another worker finished it, or somebody abandoned it, in this moment.
        return
