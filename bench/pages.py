"""P5, P6: what the server needs for the first page of the order list, the workbench and an order's page.

In this process, without HTTP, on PostgreSQL: from the request to the whole answer, and of that what the interpreter
worked. One department has 10 000 orders waiting, another ten times (or so) as many; their people open the same pages
in turn. The reference of a time is the same page of the small department, that of the work a loop of pure Python.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from time import perf_counter, thread_time
from typing import Any

from bench import bulk, company
from bench.company import Company
from bench.installation import on_postgresql
from bench.measure import ROUNDS, Figure, figure, share

SMALL = 10_000
LARGE = 100_000
VISITS = 20
"""Of each page in a round."""
PAGES = {
    "list": "/orders/?stage=routed&department={department}",
    "whole_list": "/orders/",
    "workbench": "/",
    "order": "/orders/{order}/",
}


def figures(size: str = "") -> Iterator[Figure]:
    """Milliseconds, the middle and the slowest twentieth, and queries; among SIZE orders of a department."""
    large = int(size or LARGE)
    with on_postgresql() as installation:
        installation.use_here()
        small, big = _visitors(large)
        rounds = [_round([small, big] if number % 2 else [big, small]) for number in range(ROUNDS + 1)][1:]
        yield from _figures(rounds, small, big, f"{large // 1000}k")


Times = dict[str, list[tuple[float, float]]]
"""For each page its visits: milliseconds until the answer, and of work."""


def _figures(rounds: list[dict[int, Times]], small: "_Visitor", big: "_Visitor", size: str) -> Iterator[Figure]:
    for page in PAGES:
        for part, label in ((0.5, "p50"), (0.95, "p95")):
            few, many = (
                [share([time for time, _work in found[who.pk][page]], part) for found in rounds] for who in (small, big)
            )
            yield figure(f"pages.{page}_{size}_{label}", many, "ms", few)
        work = [share([work for _time, work in found[big.pk][page]], 0.5) for found in rounds]
        loops = [share([work for _time, work in found[big.pk]["loop"]], 0.5) for found in rounds]
        yield figure(f"pages.{page}_{size}_work", work, "ms", loops)
        yield figure(f"pages.{page}_{size}_queries", [big.queries(page)], "queries", [small.queries(page)], digits=0)


def _round(visitors: list["_Visitor"]) -> dict[int, Times]:
    found: dict[int, Times] = {visitor.pk: {name: [] for name in (*PAGES, "loop")} for visitor in visitors}
    for _each in range(VISITS):
        for name in PAGES:
            for visitor in visitors:
                found[visitor.pk][name].append(_timed(partial(visitor.open, name)))
                found[visitor.pk]["loop"].append(_timed(_loop))
    return found


def _timed(do: Callable[[], object]) -> tuple[float, float]:
    began, worked = perf_counter(), thread_time()
    do()
    return 1000 * (perf_counter() - began), 1000 * (thread_time() - worked)


def _loop() -> None:
    kept: dict[int, str] = {}
    for number in range(30_000):
        kept[number & 255] = str(number)


class _Visitor:
    """An order taker with a session, and the addresses of the pages that they open."""

    def __init__(self, taker: Any, order: str) -> None:
        from django.test import Client

        self.pk = taker.pk
        self._client = Client()
        self._client.force_login(taker, backend="allauth.account.auth_backends.AuthenticationBackend")
        self._paths = {name: path.format(department=taker.department_id, order=order) for name, path in PAGES.items()}

    def open(self, page: str) -> None:
        """Raises SystemExit unless the page is answered with 200."""
        answer = self._client.get(self._paths[page])
        if answer.status_code != 200:
            raise SystemExit(f"{self._paths[page]}: {answer.status_code}")

    def queries(self, page: str) -> int:
        """How many queries the page takes."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as found:
            self.open(page)
        return len(found)


def _visitors(large: int) -> tuple[_Visitor, _Visitor]:
    from django.conf import settings
    from django.db import connection

    from jiedan.core import clock
    from jiedan.orders import access
    from jiedan.orders.models import Order
    from jiedan.people.actor import SYSTEM
    from jiedan.people.models import Staff

    settings.ALLOWED_HOSTS = ["*"]
    now = clock.now()
    home, service = company.found(now).departments
    times = max(1, large // SMALL)
    count = SMALL * (times + 1)
    bulk.fill(Company((home, *[service] * times), None), [now - timedelta(seconds=count - n) for n in range(count)])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    found = []
    for number in ("1101", "1201"):
        taker = Staff.objects.get(number=number)
        orders = access.visible(SYSTEM, Order).filter(department=taker.department_id)
        found.append(_Visitor(taker, orders.latest("pk").ref))
    return found[0], found[1]
