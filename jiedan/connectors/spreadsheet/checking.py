"""The dry run: every row of a file read and compared with the orders we have; nothing of it becomes an order (2.1.2)."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from jiedan.acquisition import intake
from jiedan.acquisition.incoming import IncomingOrder
from jiedan.connectors.spreadsheet import reading, sealed
from jiedan.connectors.spreadsheet.drafts import Draft, Reader, grouped
from jiedan.connectors.spreadsheet.models import Chunk, Import
from jiedan.connectors.spreadsheet.results import WRONG
from jiedan.connectors.spreadsheet.wrong import Unreadable
from jiedan.core import clock
from jiedan.core.lifecycle import ImportStage
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Refused
from jiedan.orders import access
from jiedan.orders.models import Order
from jiedan.people.actor import SYSTEM, actor_for

AT_ONCE = 500
"""Orders in a chunk."""


def check(key: int, told: Callable[[int], None] = lambda _rows: None) -> None:
    """Check the file from its beginning, whatever an earlier try has left; TOLD hears how many rows are checked."""
    row = access.visible(SYSTEM, Import).filter(pk=key, stage=ImportStage.CHECKING).select_related("key", "by").first()
    if row is None:
        return
    Chunk.objects.filter(of=row).delete()
    with translation.override(row.language):
        try:
            found = _compared(row, told)
        except Unreadable as wrong:
            found = {"problem": str(wrong)}
    if found is not None:
        _finish(row, found)


def _finish(row: Import, found: dict[str, Any]) -> None:
    try:
        dispatch("spreadsheet.finish_check", SYSTEM, found, subject=row, channel="connector")
    except Refused:
        # Somebody abandoned it in this moment.
        return


def _compared(row: Import, told: Callable[[int], None]) -> dict[str, Any] | None:
    """Rows, orders and counts; None when the import was abandoned meanwhile."""
    counts: Counter[str] = Counter()
    rows = orders = 0
    for number, batch in enumerate(_batches(_drafts(row)), start=1):
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
    reader = Reader(row.mapping, row.platform, row.shop)
    return map(reader.read, grouped(keys, rows))


def _batches(drafts: Iterable[Draft]) -> Iterator[list[Draft]]:
    drafts = iter(drafts)
    while batch := list(islice(drafts, AT_ONCE)):
        yield batch


def _chunk(row: Import, number: int, drafts: list[Draft]) -> Chunk:
    found = intake.foresee([draft.order for draft in drafts if draft.order is not None])
    others = _of_others(row, [order for _outcome, order in found if order is not None])
    foreseen = iter(found)
    items = []
    for draft in drafts:
        outcome, order = next(foreseen) if draft.order is not None else (None, None)
        if order is not None and order.pk in others:
            why = _("This order is with another department, which alone changes it; take its rows out.")
            draft, outcome, order = replace(draft, order=None, reasons=[why]), None, None
        items.append(_item(draft, outcome, order))
    return Chunk(
        of=row,
        number=number,
        rows=sum(len(draft.rows) for draft in drafts),
        orders=len(drafts),
        counts=Counter(item["outcome"] for item in items),
        sealed=sealed.seal(row.key.opened(), items, sealed.CONTENT),
    )


def _of_others(row: Import, orders: Sequence[Order]) -> set[int]:
    """Keys of the orders that whoever uploaded the file may not see."""
    if row.by is None or not orders:
        return set()
    person = actor_for(row.by.pk, row.by.number, row.by.name, row.by.department_id, clock.now())
    keys = {order.pk for order in orders}
    return keys - set(access.visible(person, Order).filter(pk__in=sorted(keys)).values_list("pk", flat=True))


def _item(draft: Draft, outcome: str | None, order: Any) -> dict[str, Any]:
    return {
        "rows": draft.rows,
        "external_id": draft.external_id,
        "outcome": str(outcome) if outcome else WRONG,
        "reason": " ".join(draft.reasons),
        "ref": "" if order is None else order.ref,
        "content": None if draft.order is None else draft.order.model_dump_json(exclude_defaults=True),
    }


def order_of(item: dict[str, Any]) -> IncomingOrder:
    """The order that a chunk keeps."""
    return IncomingOrder.model_validate_json(item["content"])
