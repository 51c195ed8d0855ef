"""Sealing in tests that share a PostgreSQL cluster: its line of ended transactions is that of all databases."""

import time

from django.db import connection
from django.db.models import Max

from jiedan.kernel import sealing
from jiedan.kernel.models import Record

_OLDER = """
SELECT count(*) FROM pg_stat_activity
WHERE datname <> current_database() AND backend_xid IS NOT NULL AND backend_xid::text::bigint <= %s
"""


def seal(limit: int = 5000) -> int:
    """What the sealer does once no test in another database of the cluster holds the line back."""
    if connection.vendor == "postgresql":
        newest = Record.objects.aggregate(newest=Max("tx"))["newest"] or 0
        end = time.monotonic() + 60
        while _older(newest) and time.monotonic() < end:
            time.sleep(0.02)
    return sealing.seal(limit)


def _older(newest: int) -> int:
    with connection.cursor() as sql:
        sql.execute(_OLDER, [newest])
        row = sql.fetchone()
    return int(row[0]) if row else 0
