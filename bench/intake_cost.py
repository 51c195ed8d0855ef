"""What limits the intake: processor time an order takes, by who takes it, in batches of several sizes.

Reading is signature, JSON and checks; storing is all that the writer does; the database is its own process. Beside
storing and database stands what the same rows cost when nothing but COPY writes them. Processor time, so that a busy
machine disturbs less; the least of the batches counts.
"""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import pushes
from bench.installation import on_postgresql, on_sqlite
from bench.intake import SHOP, each_by_itself, found, samples_here
from bench.measure import Figure
from bench.reference import Postgres

SIZES = (8, 32, 64, 200, 500)
BATCHES = 6
"""Batches of each size."""


def figures(database: str = "") -> Iterator[Figure]:
    """Milliseconds of processor time an order, and bytes of the log it leaves; on one DATABASE, or on both."""
    if not database:
        yield from each_by_itself("intake_cost", ("postgres", "sqlite"))
        return
    with (on_postgresql if database == "postgres" else on_sqlite)() as installation:
        installation.use_here()
        target = found("webhook")
        reference = Postgres(installation) if database == "postgres" else None
        yield from _measured(target.secret, reference, f"intake_cost.{database}")


def _measured(secret: str, reference: Postgres | None, name: str) -> Iterator[Figure]:
    from django.db import connection

    from jiedan.connectors import desk

    ours = _Costs(lambda: connection.connection)
    numbers = iter(range(10**9))
    desk.hand_in(_read(secret, next(numbers))[0])
    reading = []
    for size in SIZES:
        ours.clear()
        for _batch in range(BATCHES):
            read = [_read(secret, next(numbers)) for _order in range(size)]
            reading.append(min(cost for _delivery, cost in read))
            with ours.counted(size):
                desk._settled([delivery for delivery, _cost in read])
        if reference is None:
            yield _figure(f"{name}.storing_{size}", ours.client)
        else:
            theirs = _copied(reference, size)
            yield _figure(f"{name}.storing_{size}", ours.client, theirs.client)
            yield _figure(f"{name}.database_{size}", ours.server, theirs.server)
            yield _figure(f"{name}.log_{size}", ours.log, theirs.log, "bytes/order", 0)
    yield _figure(f"{name}.reading", reading)


def _read(secret: str, number: int) -> tuple[Any, float]:
    """A push as the desk gets it, and the milliseconds that reading it took."""
    from jiedan.connectors import accounts
    from jiedan.connectors.desk import Delivery
    from jiedan.connectors.webhook import messages, signing

    now, account = datetime.now(UTC), accounts.known("webhook", SHOP)
    if account is None:
        raise SystemExit("the shop is not connected")
    body = pushes.webhook_body(pushes.facts(number, at=now))
    sent = pushes.webhook_headers(secret, f"msg-{number}", body, now)
    headers = signing.Headers(*(sent[f"webhook-{part}"] for part in ("id", "timestamp", "signature")))
    began = time.thread_time()
    message_id = signing.check(account.secrets, headers, body, now)
    said = messages.read(body, account.shop)
    cost = 1000 * (time.thread_time() - began)
    if not isinstance(said, messages.Said):
        raise SystemExit("the bench's own message can't be read")
    return Delivery(account, said.kind, body, said.order, message_id), cost


class _Costs:
    """Processor time an order of this thread and of the server's process behind a connection, and bytes of its log."""

    def __init__(self, link: Callable[[], Any]) -> None:
        self._link = link
        self.clear()

    def clear(self) -> None:
        self.client: list[float] = []
        self.server: list[float] = []
        self.log: list[float] = []

    def counted(self, size: int) -> "_Counting":
        return _Counting(self, size)

    def look(self) -> tuple[float, float, float]:
        """Milliseconds here, milliseconds there, bytes."""
        here, link = 1000 * time.thread_time(), self._link()
        info = getattr(link, "info", None)
        if info is None:
            return here, 0.0, 0.0
        with link.cursor() as sql:
            log = sql.execute("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn").fetchone()[0]
        there = Path(f"/proc/{info.backend_pid}/schedstat").read_text().split()[0]
        return here, int(there) / 1e6, float(log)


class _Counting:
    def __init__(self, costs: _Costs, size: int) -> None:
        self._costs, self._size = costs, size

    def __enter__(self) -> None:
        self._before = self._costs.look()
        # Looking costs something, too.
        self._began = time.thread_time()

    def __exit__(self, *_unused: object) -> None:
        here = 1000 * (time.thread_time() - self._began)
        _here, there, log = (now - before for now, before in zip(self._costs.look(), self._before, strict=True))
        costs = (self._costs.client, here), (self._costs.server, there), (self._costs.log, log)
        for kept, cost in costs:
            kept.append(cost / self._size)


def _copied(reference: Postgres, size: int) -> _Costs:
    """What the rows of real orders cost when COPY alone writes them."""
    samples = samples_here()
    with reference.connected() as link:
        costs = _Costs(lambda: link)
        for tables in reference.prepared(samples, BATCHES, size):
            with costs.counted(size), link.transaction():
                reference.copy(link, tables)
        return costs


def _figure(
    name: str, values: list[float], references: list[float] | None = None, unit: str = "ms/order", digits: int = 3
) -> Figure:
    value = min(values)
    theirs = min(references) if references else None
    ratio = round(value / theirs, 3) if theirs else None
    return {
        "name": name, "value": round(value, digits), "unit": unit,
        "reference": None if theirs is None else round(theirs, digits), "ratio": ratio, "rounds": len(values),
    }  # fmt: skip
