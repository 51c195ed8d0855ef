"""P2: pushed orders a second on SQLite with synchronous=FULL: signed, verified, recorded, answered after their commit.

128 connections, the load generator on the same cores. The reference is sqlite3 alone, writing the very same rows with
one transaction for each order.
"""

from collections.abc import Iterator

from bench.installation import on_sqlite
from bench.intake import Intake, connected, each_by_itself, found, samples_here
from bench.measure import Figure, figure, in_turn
from bench.reference import Sqlite, rows_of

BATCH = 6000
"""Orders in a round."""


def figures(channel: str = "") -> Iterator[Figure]:
    """Orders a second beside sqlite3, and how long an answer takes; of one CHANNEL, or of both."""
    if not channel:
        yield from each_by_itself("intake_push_sqlite", ("webhook", "yanxuan"))
        return
    with on_sqlite() as installation:
        installation.use_here()
        target = found(channel)
        reference = Sqlite(installation)
        with connected(installation, target) as intake:
            yield from _measured(intake, reference, f"intake.{channel}_sqlite")


def _measured(intake: Intake, reference: Sqlite, name: str) -> Iterator[Figure]:
    intake.push(200)
    samples = samples_here()
    taken = in_turn({"ours": lambda: intake.push(BATCH).rate, "sqlite3": lambda: reference.one_by_one(samples)})
    intake.check()
    reports = intake.reports[2:]
    yield figure(f"{name}.rate", taken["ours"], "orders/s", taken["sqlite3"], digits=0)
    yield figure(f"{name}.p50", [report.p50 for report in reports], "ms", digits=1)
    yield figure(f"{name}.p99", [report.p99 for report in reports], "ms", digits=1)
    yield figure(f"{name}.rows", [rows_of(sample) for sample in samples], "rows an order", digits=0)
