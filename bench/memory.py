"""P16: resident memory of the web process, started as people start it: idle, and after ten thousand requests.

The requests are the pages that people and programs ask for all day: workbench, order list, orders, one step's
page, the API. The reference of the later figure is the same process before them.
"""

import http.client
import random
import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bench import company
from bench.installation import Installation, Web, on_sqlite, serving
from bench.measure import ROUNDS, Figure, figure

ORDERS = 400
REQUESTS = 10_000
CLIENTS = 4
IDLE_STARTS = ROUNDS


def figures() -> Iterator[Figure]:
    """MB (2**20) of the process that answers, and of the whole server with its supervisor."""
    with on_sqlite() as installation:
        installation.use_here()
        visitor = _Visitor()
        idle = [_idle(installation) for _ in range(IDLE_STARTS)]
        with serving(installation) as web:
            web.wait_for("/accounts/login/")
            before = _megabytes(web)
            visitor.ask(web, REQUESTS)
            after = _megabytes(web)
    yield figure("memory.idle", [worker for worker, _all in idle], "MB", digits=1)
    yield figure("memory.idle_whole_server", [whole for _worker, whole in idle], "MB", digits=1)
    yield figure("memory.after_10k_requests", [after[0]], "MB", [before[0]], digits=1)
    yield figure("memory.after_10k_requests_whole_server", [after[1]], "MB", [before[1]], digits=1)


def _idle(installation: Installation) -> tuple[float, float]:
    with serving(installation) as web:
        web.wait_for("/accounts/login/")
        return _megabytes(web)


def _megabytes(web: Web) -> tuple[float, float]:
    """Of the largest process, and of all together (shared pages counted once for each process)."""
    import psutil

    parent = psutil.Process(web.process.pid)
    sizes = [process.memory_info().rss / 2**20 for process in (parent, *parent.children(recursive=True))]
    return max(sizes), sum(sizes)


class _Visitor:
    """An order taker with a browser session and a token, and the addresses they visit."""

    def __init__(self) -> None:
        from django.db import connection

        from jiedan.core import clock
        from jiedan.people import tokens

        now = clock.now()
        taker = company.found(now).taker
        self._headers = {
            "session": {"Cookie": f"jiedan_session={session(taker, now)}", "Accept": "text/html"},
            "token": {"Authorization": f"Bearer {tokens.issue(taker, 'bench', ('read', 'act'), now, 30)[1]}"},
        }
        self._visits = _visits(now)
        connection.close()

    def ask(self, web: Web, count: int) -> None:
        """COUNT requests by a few clients at once. Raises SystemExit when any isn't answered with 200."""
        wrong: list[str] = []
        clients = [
            threading.Thread(target=self._client, args=(web.port, count // CLIENTS, seed, wrong))
            for seed in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        if wrong:
            raise SystemExit(f"{len(wrong)} requests failed, the first: {wrong[0]}")

    def _client(self, port: int, count: int, seed: int, wrong: list[str]) -> None:
        rng = random.Random(seed)
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for _ in range(count):
            who, path = rng.choice(self._visits)
            link.request("GET", path, headers=self._headers[who])
            answer = link.getresponse()
            answer.read()
            if answer.status != 200:
                wrong.append(f"{path}: {answer.status}")
        link.close()


def session(staff: Any, now: datetime) -> str:
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(staff.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = staff.get_session_auth_hash()
    session["seen_at"] = now.isoformat()
    session.create()
    return str(session.session_key)


def _visits(now: datetime) -> list[tuple[str, str]]:
    from jiedan.kernel.dispatch import dispatch
    from jiedan.orders.models import Order
    from jiedan.people.actor import SYSTEM

    rng = random.Random(16)
    for number in range(ORDERS):
        dispatch("acquisition.receive_order", SYSTEM, company.incoming(number, now, rng), channel="connector")
    orders = [order.ref for order in Order.objects.order_by("pk")]
    everywhere = ["/", "/orders/", "/listings/", "/procedure/", "/calendar/", "/notices/", "/settings/", "/palette/"]
    pages = [f"/orders/{ref}/" for ref in orders] + [path for path in everywhere for _ in range(40)]
    calls = [f"/api/v1/orders/{ref}{part}" for ref in rng.sample(orders, 30) for part in ("", "/offers", "/records")]
    return [("session", path) for path in pages] + [("token", path) for path in calls]
