"""What no row names is thrown away, and what rows name is looked at: the store stays in step with the database (6.2.1)."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from jiedan.core import clock
from jiedan.documents import store
from jiedan.documents.models import Document
from jiedan.orders import vault

GRACE: Final = timedelta(days=1)
"""No transaction runs as long as that: what lies there without a row by then never gets one."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A document whose file isn't what was filed: missing, damaged, or it can't be opened."""

    document: int
    order: str
    what: str


def sweep(now: datetime | None = None) -> int:
    """Throw away files of transactions that were rolled back, and drafts of writers that died; returns how many."""
    gone = 0
    for path in list(store.older_than((now or clock.now()) - GRACE)):
        if store.is_draft(path) or not Document.objects.filter(blob=path.name).exists():
            store.remove(path)
            gone += 1
    return gone


def integrity() -> Iterator[Finding]:
    """Every document whose file is missing, altered or can't be opened; those erased on purpose aren't looked into."""
    for row in Document.objects.select_related("key", "order").order_by("pk").iterator(200):
        what = _wrong(row)
        if what:
            yield Finding(row.pk, row.order.ref, what)


def _wrong(row: Document) -> str:
    try:
        sealed = store.get(row.blob)
        if not row.key.wrapped:
            return ""
        found = vault.unseal_bytes(row.key.opened(), sealed, row.purpose)
    except store.Missing:
        return "missing"
    except store.Damaged:
        return "damaged"
    except vault.Unreadable:
        return "sealed with another key"
    return "" if hashlib.sha256(found).hexdigest() == row.sha256 else "not what was filed"
