"""The import itself: chunk after chunk, each with its results and its progress in one transaction (2.1.1, 2.1.2)."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import translation

from jiedan.acquisition.intake import Outcome
from jiedan.connectors.spreadsheet import jobs, kinds, rights, sealed
from jiedan.connectors.spreadsheet.kinds import Kind, TakenIn
from jiedan.connectors.spreadsheet.models import Chunk, Import
from jiedan.core import clock
from jiedan.core.lifecycle import ImportStage
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Refused
from jiedan.orders import access
from jiedan.people.actor import SYSTEM, Actor

Item = dict[str, Any]
"""What a chunk keeps of one order or listing."""
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
    left = Chunk.objects.filter(of=key, done_at=None).select_related(
        "of__key", "of__by", "of__confirmed_by", "of__department"
    )
    return left.order_by("number").first()


def _take_in(chunk: Chunk) -> None:
    row, now = chunk.of, clock.now()
    with translation.override(row.language):
        results = _results(row, sealed.opened(row.key.opened(), chunk.sealed, sealed.CONTENT))
    _put_down(chunk, results, now)
    counts = Counter(row.counts)
    counts.update(chunk.counts)
    access.visible(SYSTEM, Import).filter(pk=row.pk).update(done=F("done") + chunk.rows, counts=dict(counts))


def _results(row: Import, items: list[Item]) -> list[Item]:
    """Take in what is right; whoever has it imported must still have the right to, in this moment and for each."""
    kind, person = kinds.kind_of(row), rights.person_of(row)
    refusal = rights.why_not(row, person)
    if refusal:
        return [_refused(refusal) if item["content"] else _left_out(item) for item in items]
    given = [kind.load(item["content"]) for item in items if item["content"]]
    kind.hold(row, given)
    barred = _barred(row, kind, person, given)
    taken = iter(kind.take_in(row, [one for index, one in enumerate(given) if index not in barred]))
    found = iter([barred[index] if index in barred else _taken(next(taken)) for index in range(len(given))])
    return [next(found) if item["content"] else _left_out(item) for item in items]


def _barred(row: Import, kind: Kind, person: Actor | None, given: Sequence[Any]) -> dict[int, Item]:
    """Results of those that the person may not change (any more), by their place."""
    if person is None:
        return {}
    found = kind.foresee(row, given)
    hidden = rights.hidden(person, kind, found, lock=True)
    theirs = {index: each for index, each in enumerate(found) if each[1] is not None and each[1].pk in hidden}
    return {
        index: {"outcome": outcome.value, "reason": "", "ref": ""}
        if outcome is Outcome.UNCHANGED
        else _refused(str(kind.of_others))
        for index, (outcome, _subject) in theirs.items()
    }


def _refused(why: str) -> Item:
    return {"outcome": Outcome.REFUSED.value, "reason": why, "ref": ""}


def _left_out(item: Item) -> Item:
    return {"outcome": item["outcome"], "reason": item["reason"], "ref": ""}


def _taken(taken: TakenIn) -> Item:
    return {"outcome": taken.outcome.value, "reason": taken.reason, "ref": taken.ref}


def _put_down(chunk: Chunk, results: list[Item], now: datetime) -> None:
    chunk.results = sealed.seal(chunk.of.key.opened(), results, sealed.RESULTS)
    chunk.counts = Counter(result["outcome"] for result in results)
    chunk.done_at = now
    chunk.save(update_fields=["results", "counts", "done_at"])


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
