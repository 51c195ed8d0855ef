"""P5 under load: the order list's and the workbench's first page while pushes come in at half of what they could.

PostgreSQL, one web process or several; ten pages a second are asked for, as two hundred people do who open one every
twenty seconds. Times are from the request to the whole page, over a connection that stays open, with the load
generator on the same cores. The reference is the same page without load, in turn with it.
"""

import http.client
from collections.abc import Iterator
from datetime import datetime, timedelta
from time import perf_counter, sleep
from typing import Any

from bench import bulk, load
from bench.company import Company
from bench.installation import Installation, on_postgresql
from bench.intake import SHOP, Intake, connected, each_by_itself, found
from bench.measure import ROUNDS, Figure, figure, share
from bench.memory import session

SIZES = (10_000, 100_000)
EVERY = 0.1
"""Seconds from one page to the next."""
VISITS = 60
"""Of each page in a round."""
SECONDS_OF_PUSHES = 60
"""More than a round takes; what is left is called off."""
PAGES = {"list": "/orders/?stage=routed&department={department}", "workbench": "/"}


def figures(size: str = "", processes: str = "1") -> Iterator[Figure]:
    """Milliseconds until a page is there, the middle and the slowest twentieth; among SIZE orders, or each of the sizes.

    PROCESSES is how many web processes serve.
    """
    if not size:
        yield from each_by_itself("pages_under_load", tuple(map(str, SIZES)))
        return
    with on_postgresql() as installation:
        installation.use_here()
        installation.environment["JIEDAN_WEB_PROCESSES"] = processes
        yield from _measured(installation, int(size))


def _measured(installation: Installation, size: int) -> Iterator[Figure]:
    target = found("webhook")
    visitor = _Visitor(size)
    with connected(installation, target) as intake:
        peak = max(intake.push(3000).rate for _ in range(2))
        rounds = [_round(intake, visitor, peak / 2, bool(number)) for number in range(ROUNDS + 1)][1:]
        intake.check()
    for page in PAGES:
        quiet = [times[page] for times, _busy, _rate in rounds]
        busy = [times[page] for _quiet, times, _rate in rounds]
        name = f"pages.{page}_{size // 1000}k"
        yield figure(f"{name}_p50", [share(times, 0.5) for times in quiet], "ms")
        yield figure(f"{name}_p95", [share(times, 0.95) for times in quiet], "ms")
        for part, label in ((0.5, "p50"), (0.95, "p95")):
            without = [share(times, part) for times in quiet]
            yield figure(f"{name}_{label}_under_load", [share(times, part) for times in busy], "ms", without)
    rates = [rate for _quiet, _busy, rate in rounds]
    yield figure(f"pages.pushes_meanwhile_{size // 1000}k", rates, "orders/s", [peak] * len(rates), digits=0)


def _round(
    intake: Intake, visitor: "_Visitor", rate: float, load_first: bool
) -> tuple[dict[str, list[float]], dict[str, list[float]], float]:
    """Times of the pages without and with pushes, and the pushes a second meanwhile."""
    if not load_first:
        quiet = visitor.visit(intake.web.port)
        return (quiet, *_loaded(intake, visitor, rate))
    busy, meanwhile = _loaded(intake, visitor, rate)
    return visitor.visit(intake.web.port), busy, meanwhile


def _loaded(intake: Intake, visitor: "_Visitor", rate: float) -> tuple[dict[str, list[float]], float]:
    count = int(rate * SECONDS_OF_PUSHES)
    plan = load.Plan(intake.target, intake.first, count, rate=rate, until_closed=True)
    intake.first += count
    process = load.start(plan)
    try:
        _await_pushes(intake.first - count)
        times = visitor.visit(intake.web.port)
    finally:
        report = load.finished(process, stop=True)
    intake.count(report, plan)
    return times, report.rate


def _await_pushes(first: int) -> None:
    from django.db import connection

    from jiedan.orders.models import Order

    until = perf_counter() + 120
    while not Order.objects.filter(shop=SHOP, external_id__gte=f"P{first:09d}").exists():
        if perf_counter() > until:
            raise SystemExit("the pushes didn't begin")
    connection.close()


class _Visitor:
    """An order taker with a session, among SIZE orders that wait for acceptance."""

    def __init__(self, size: int) -> None:
        from django.db import connection

        from jiedan.core import clock
        from jiedan.people.models import Staff

        now = clock.now()
        taker = Staff.objects.get(number="1101")
        _fill(taker.department_id, size, now)
        self._cookie = f"jiedan_session={session(taker, now)}"
        self._department = taker.department_id
        connection.close()

    def visit(self, port: int) -> dict[str, list[float]]:
        """Milliseconds of each visit, the pages in turn. Raises SystemExit unless each is answered with 200."""
        times: dict[str, list[float]] = {name: [] for name in PAGES}
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        due = perf_counter()
        for _ in range(VISITS):
            for name, path in PAGES.items():
                due += EVERY
                sleep(max(0.0, due - perf_counter()))
                began = perf_counter()
                link.request("GET", path.format(department=self._department), headers={"Cookie": self._cookie})
                answer = link.getresponse()
                answer.read()
                times[name].append(1000 * (perf_counter() - began))
                if answer.status != 200:
                    raise SystemExit(f"{path}: {answer.status}")
        link.close()
        return times


def _fill(department: int, size: int, now: datetime) -> None:
    from django.core.management.color import no_style
    from django.db import connection

    from jiedan.orders.models import Order
    from jiedan.people.models import Department

    other: Any = Department.objects.exclude(pk=department).exclude(parent=None).values_list("pk", flat=True).get()
    moments = [now - timedelta(seconds=size - number) for number in range(size)]
    bulk.fill(Company((department, other), None), moments)
    with connection.cursor() as cursor:
        # The orders were given their keys; those that are pushed get the next.
        for sql in connection.ops.sequence_reset_sql(no_style(), [Order]):
            cursor.execute(sql)
        cursor.execute("ANALYZE")
