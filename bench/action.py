"""P4: one step, `acquisition.accept_order`, through the dispatcher on PostgreSQL with every durability setting on.

The reference sends the very statements that the step sends, with their parameters, for orders of the same kind: by
psycopg over one connection, and by pgbench as a script of literals. They are recorded from the step itself, which
is then rolled back, so the reference does the same writes and nothing else. All three alternate on one server.
"""

import random
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

from bench import company
from bench.installation import Installation, on_postgresql
from bench.measure import Figure, figure, in_turn, share
from tools.postgres import find_binaries

STEP = "acquisition.accept_order"
ROUNDS = 7
BATCH = 100
"""Steps in a round, one after the other, one client."""

Statement = tuple[str, Any]


def figures() -> Iterator[Figure]:
    """Statements of a step, its median time, and steps a second beside both references."""
    with on_postgresql() as installation:
        installation.use_here()
        bench = _Bench(installation)
        counts = [len(bench.recorded(next(bench.orders))) for _ in range(5)]
        found = in_turn({"ours": bench.ours, "psycopg": bench.psycopg, "pgbench": bench.pgbench}, ROUNDS)
        bench.check()
    yield figure("action.statements", counts, "statements")
    yield figure("action.p50", bench.p50[1:], "ms", [1000 / rate for rate in found["psycopg"]])
    yield figure("action.p99", bench.p99[1:], "ms")
    yield figure("action.rate_to_psycopg", found["ours"], "steps/s", found["psycopg"])
    yield figure("action.rate_to_pgbench", found["ours"], "steps/s", found["pgbench"])


class _Bench:
    """The company with its waiting orders, and the three ways of accepting a batch of them."""

    def __init__(self, installation: Installation) -> None:
        from jiedan.core import clock

        self._installation = installation
        self._company = company.found(clock.now())
        self._actor = self._company.actor(clock.now())
        self._received = _receive(5 + 3 * BATCH * (ROUNDS + 1))
        self.orders = iter(self._received)
        self.p50: list[float] = []
        self.p99: list[float] = []

    def ours(self) -> float:
        """Steps a second through the dispatcher."""
        from jiedan.kernel.dispatch import dispatch

        times = []
        for order in [next(self.orders) for _ in range(BATCH)]:
            began = perf_counter()
            dispatch(STEP, self._actor, {}, subject=order)
            times.append(perf_counter() - began)
        self.p50.append(1000 * share(times, 0.5))
        self.p99.append(1000 * share(times, 0.99))
        return BATCH / sum(times)

    def psycopg(self) -> float:
        """Steps a second when psycopg alone sends the same statements, as Django lets it (client-side binding)."""
        import psycopg

        batches = [self.recorded(next(self.orders)) for _ in range(BATCH)]
        with psycopg.connect(self._installation.url, cursor_factory=psycopg.ClientCursor) as link:
            began = perf_counter()
            for statements in batches:
                with link.transaction(), link.cursor() as cursor:
                    for sql, parameters in statements:
                        cursor.execute(sql, parameters)
                        if cursor.description:
                            cursor.fetchall()
            return BATCH / (perf_counter() - began)

    def pgbench(self) -> float:
        """Steps a second when pgbench sends the same statements as text."""
        import psycopg

        batches = [self.recorded(next(self.orders)) for _ in range(BATCH)]
        script = self._installation.folder / "steps.sql"
        lines: list[str] = []
        with psycopg.connect(self._installation.url) as link:
            cursor = psycopg.ClientCursor(link)
            for statements in batches:
                lines += ["BEGIN", *(cursor.mogrify(sql, values) for sql, values in statements), "COMMIT"]
        script.write_text(";\n".join(lines) + ";\n", encoding="utf-8")
        return BATCH / _pgbench_seconds(self._installation.url, script)

    def recorded(self, order: Any) -> list[Statement]:
        """The statements of accepting ORDER between BEGIN and COMMIT; the step itself is rolled back."""
        from django.db import transaction

        from jiedan.kernel.dispatch import dispatch

        with _listening() as statements, transaction.atomic():
            # Only because the recording wraps it, the step's own block becomes a savepoint here.
            dispatch(STEP, self._actor, {}, subject=order)
            transaction.set_rollback(True)
        return [(sql, values) for sql, values in statements if "SAVEPOINT" not in sql]

    def check(self) -> None:
        """Every order accepted by whichever way, and the ledger holds. Raises SystemExit otherwise."""
        from jiedan.kernel.verify import verify_database
        from jiedan.orders.models import Order

        left = Order.objects.exclude(stage="accepted").count()
        report = verify_database()
        if left != 5 or not report.ok:
            raise SystemExit(f"not the same work: {left} orders not accepted, ledger {report.problem or 'holds'}")


def _receive(count: int) -> list[Any]:
    from jiedan.core import clock
    from jiedan.kernel.dispatch import dispatch
    from jiedan.orders.models import Order
    from jiedan.people.actor import SYSTEM

    rng = random.Random(4)
    for number in range(count):
        dispatch("acquisition.receive_order", SYSTEM, company.incoming(number, clock.now(), rng), channel="connector")
    return list(Order.objects.order_by("pk"))


@contextmanager
def _listening() -> Iterator[list[Statement]]:
    from django.db import connection

    heard: list[Statement] = []

    def hear(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        heard.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(hear):
        yield heard


def _pgbench_seconds(url: str, script: Path) -> float:
    program = find_binaries() / "pgbench"
    command = [str(program), "--no-vacuum", "--client=1", "--transactions=1", f"--file={script}", url]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    line = next((line for line in done.stdout.splitlines() if line.startswith("latency average")), None)
    if done.returncode or line is None:
        raise SystemExit(f"pgbench failed: {done.stderr.strip()[-2000:]}")
    return float(line.split()[3]) / 1000
