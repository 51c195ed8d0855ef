"""The dry run: every row of a file read and compared with what we have; nothing of it comes in (2.1.1, 2.1.2)."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import Error, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from jiedan.acquisition.intake import Outcome
from jiedan.connectors.spreadsheet import kinds, reading, rights, sealed
from jiedan.connectors.spreadsheet.drafts import Draft, grouped
from jiedan.connectors.spreadsheet.kinds import Kind
from jiedan.connectors.spreadsheet.models import Chunk, Import
from jiedan.connectors.spreadsheet.results import WRONG
from jiedan.connectors.spreadsheet.wrong import Unreadable
from jiedan.core import clock
from jiedan.core.lifecycle import ImportStage
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Refused
from jiedan.orders import access
from jiedan.people.actor import SYSTEM

log = logging.getLogger(__name__)


def check(key: int, told: Callable[[int], None] = lambda _rows: None) -> None:
    """Check the file from its beginning, whatever an earlier try has left; TOLD hears how many rows are checked."""
    row = (
        access.visible(SYSTEM, Import)
        .filter(pk=key, stage=ImportStage.CHECKING)
        .select_related("key", "by", "confirmed_by")
        .first()
    )
    if row is None:
        return
    Chunk.objects.filter(of=row).delete()
    with translation.override(row.language):
        try:
            found = _compared(row, told)
        except Unreadable as wrong:
            found = {"problem": str(wrong)}
        except (Error, OSError, MemoryError):
            # The machine's troubles pass: it is checked again.
            raise
        except Exception as error:
            # What is wrong with the file would be wrong every time, and nobody would ever be told.
            log.exception("an import could not be checked")
            found = {"problem": _unforeseen(error)}
    if found is not None:
        _finish(row, found)


def _unforeseen(error: Exception) -> str:
    return _("The file could not be checked (%(kind)s); ask your administrator to look into the log.") % {
        "kind": type(error).__name__
    }


def _finish(row: Import, found: dict[str, Any]) -> None:
    try:
        dispatch("spreadsheet.finish_check", SYSTEM, found, subject=row, channel="connector")
    except Refused:
        # Somebody abandoned it in this moment.
        return


def _compared(row: Import, told: Callable[[int], None]) -> dict[str, Any] | None:
    """Rows, orders or listings, and counts; None when the import was abandoned meanwhile."""
    counts: Counter[str] = Counter()
    rows = orders = 0
    for number, batch in enumerate(_batches(_drafts(row), kinds.kind_of(row).at_once), start=1):
        chunk = _chunk(row, number, batch)
        counts.update(chunk.counts)
        rows, orders = rows + chunk.rows, orders + chunk.orders
        with transaction.atomic():
            still = access.visible(SYSTEM, Import).filter(pk=row.pk, stage=ImportStage.CHECKING)
            if not still.update(done=rows, orders=orders, counts=dict(counts), moved_at=clock.now()):
                return None
            chunk.save()
        told(rows)
    return {"rows": rows, "orders": orders, "counts": dict(counts)}


def _drafts(row: Import) -> Iterator[Draft]:
    keys, rows = reading.rows_of(sealed.file_of(row), row.kind, row.sheet, row.first_row, row.mapping["external_id"])
    return map(kinds.kind_of(row).reader(row).read, grouped(keys, rows))


def _batches(drafts: Iterable[Draft], size: int) -> Iterator[list[Draft]]:
    drafts = iter(drafts)
    while batch := list(islice(drafts, size)):
        yield batch


def _chunk(row: Import, number: int, drafts: list[Draft]) -> Chunk:
    kind = kinds.kind_of(row)
    found = kind.foresee(row, [draft.content for draft in drafts if draft.content is not None])
    hidden = rights.hidden(rights.person_of(row), kind, found)
    foreseen = iter(found)
    items = [_item(kind, draft, next(foreseen) if draft.content is not None else None, hidden) for draft in drafts]
    return Chunk(
        of=row,
        number=number,
        rows=sum(len(draft.rows) for draft in drafts),
        orders=len(drafts),
        counts=Counter(item["outcome"] for item in items),
        sealed=sealed.seal(row.key.opened(), items, sealed.CONTENT),
    )


def _item(kind: Kind, draft: Draft, found: tuple[Outcome, Any] | None, hidden: set[int]) -> dict[str, Any]:
    outcome, subject = found or (WRONG, None)
    reasons, content, ref = draft.reasons, draft.content, "" if subject is None else subject.ref
    if subject is not None and subject.pk in hidden:
        ref = ""
        if outcome != Outcome.UNCHANGED:
            outcome, reasons, content = WRONG, [str(kind.of_others)], None
    return {
        "rows": draft.rows,
        "external_id": draft.external_id,
        "outcome": str(outcome),
        "reason": " ".join(reasons),
        "ref": ref,
        "content": None if content is None else content.model_dump_json(exclude_defaults=True),
    }
