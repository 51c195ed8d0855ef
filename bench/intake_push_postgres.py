"""P1: pushed orders a second on PostgreSQL: signed, verified, recorded, each answered after its own commit.

128 connections, the load generator on the same cores. The reference is pgbench with as many clients as serve it
best, writing the very same rows with one prepared transaction for each order.
"""

import os
from collections.abc import Iterator

from bench.installation import on_postgresql
from bench.intake import Intake, connected, each_by_itself, found, samples_here
from bench.measure import Figure, figure, in_turn
from bench.reference import Postgres, rows_of

BATCH = 8000
"""Orders in a round."""


def figures(channel: str = "") -> Iterator[Figure]:
    """Orders a second beside pgbench, and how long an answer takes; of one CHANNEL, or of both."""
    if not channel:
        yield from each_by_itself("intake_push_postgres", ("webhook", "yanxuan"))
        return
    # As the documents say for PostgreSQL: one web process for each core.
    os.environ["JIEDAN_WEB_PROCESSES"] = str(os.cpu_count() or 1)
    with on_postgresql() as installation:
        installation.use_here()
        target = found(channel)
        reference = Postgres(installation)
        with connected(installation, target) as intake:
            yield from _measured(intake, reference, f"intake.{channel}_postgres")


def _measured(intake: Intake, reference: Postgres, name: str) -> Iterator[Figure]:
    intake.push(200)
    samples = samples_here()
    taken = in_turn({"ours": lambda: intake.push(BATCH).rate, "pgbench": lambda: reference.best_pgbench(samples)})
    intake.check()
    reports = intake.reports[2:]
    yield figure(f"{name}.rate", taken["ours"], "orders/s", taken["pgbench"], digits=0)
    yield figure(f"{name}.p50", [report.p50 for report in reports], "ms", digits=1)
    yield figure(f"{name}.p99", [report.p99 for report in reports], "ms", digits=1)
    yield figure(f"{name}.rows", [rows_of(sample) for sample in samples], "rows an order", digits=0)
