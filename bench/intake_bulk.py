"""P3: orders a second through the bulk endpoint, five hundred in a request, one request after the other.

The reference is the database alone: five hundred orders' very same rows in a transaction, by COPY over one connection
on PostgreSQL and by executemany on SQLite.
"""

from collections.abc import Callable, Iterator

from bench.installation import on_postgresql, on_sqlite
from bench.intake import Intake, connected, each_by_itself, found, samples_here
from bench.measure import Figure, figure, in_turn
from bench.reference import Postgres, Sample, Sqlite

SIZE = 500
REQUESTS = 12
"""Requests in a round."""


def figures(database: str = "") -> Iterator[Figure]:
    """Orders a second beside the database's own ceiling for orders in sets; on one DATABASE, or on both."""
    if not database:
        yield from each_by_itself("intake_bulk", ("postgres", "sqlite"))
    elif database == "postgres":
        yield from _on_postgresql()
    else:
        yield from _on_sqlite()


def _on_postgresql() -> Iterator[Figure]:
    with on_postgresql() as installation:
        installation.use_here()
        target, reference = found("bulk"), Postgres(installation)
        with connected(installation, target) as intake:
            yield from _measured(intake, lambda samples: reference.copied(samples, REQUESTS, SIZE), "postgres")


def _on_sqlite() -> Iterator[Figure]:
    with on_sqlite() as installation:
        installation.use_here()
        target, file = found("bulk"), Sqlite(installation)
        with connected(installation, target) as intake:
            yield from _measured(intake, lambda samples: file.in_batches(samples, REQUESTS * SIZE, SIZE), "sqlite")


def _measured(intake: Intake, ceiling: Callable[[list[Sample]], float], name: str) -> Iterator[Figure]:
    intake.push(1, connections=1, size=SIZE)
    samples = samples_here()

    def ours() -> float:
        return intake.push(REQUESTS, connections=1, size=SIZE).rate

    taken = in_turn({"ours": ours, "ceiling": lambda: ceiling(samples)})
    intake.check()
    yield figure(f"intake.bulk_{name}.rate", taken["ours"], "orders/s", taken["ceiling"], digits=0)
    yield figure(f"intake.bulk_{name}.p50", [report.p50 for report in intake.reports[2:]], "ms", digits=1)
