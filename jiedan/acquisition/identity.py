"""Holding an order's identity while it is looked up and brought in, so that it is brought in once (clause 2.1.2).

PostgreSQL: transaction-scoped advisory locks, all of a batch in one statement and in one order, so that two batches
never wait for each other crosswise. SQLite lets one writer in at a time and needs none.
"""

import hashlib
from collections.abc import Iterable

from django.db import connection


def hold(names: Iterable[tuple[str, ...]]) -> None:
    """Wait until nobody else brings one of these, and keep others waiting until the transaction ends.

    Hold everything a transaction needs at once; what is held already is passed over.
    """
    if connection.vendor != "postgresql":
        return
    keys = sorted({_key(name) for name in names})
    with connection.cursor() as sql:
        sql.execute("SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key", [keys])


def _key(name: tuple[str, ...]) -> int:
    found = hashlib.blake2b("\x1f".join(name).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(found, "big", signed=True)
