"""P5 for the square: its pages and a listing's page among 100 000 open listings, as the server makes them (clause 2.1.1).

Times are from the request's arrival in Django to the whole page, in this process. The reference is the same page among
1 000 open listings, in a second database of the same server (on SQLite a second file), visit by visit in turn. The
number of queries of each page has to be the same among both.
"""

import html
import re
import shutil
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any

from bench import company, listing_bulk
from bench.installation import Installation, on_postgresql, on_sqlite
from bench.intake import each_by_itself
from bench.measure import ROUNDS, Figure, figure, share

SMALL, LARGE = 1_000, 100_000
VISITS = 20
"""Of each page in a round, among few and among many."""
TAKER, DECIDER = "1101", "1003"
PAGES = {
    "square": (TAKER, "/listings/"),
    "square_sixty": (TAKER, "/listings/?least=60"),
    "square_ending": (TAKER, "/listings/?only=ending"),
    "square_newest": (TAKER, "/listings/?sort=newest"),
    "square_next": (TAKER, "next"),
    "square_whole_company": (DECIDER, "/listings/"),
    "listing": (TAKER, "listing"),
}
"""Who opens which page; "next" is the one behind the first, "listing" that of the first listing there."""


def figures(database: str = "") -> Iterator[Figure]:
    """Milliseconds of each page, the middle and the slowest twentieth; on one DATABASE, or on both."""
    if not database:
        yield from each_by_itself("square", ("postgres", "sqlite"))
        return
    with on_postgresql() if database == "postgres" else on_sqlite() as installation:
        installation.use_here()
        yield from _measured(_Square(installation, database), database)


def _measured(square: "_Square", database: str) -> Iterator[Figure]:
    square.check()
    rounds = [square.visits() for _ in range(ROUNDS + 1)][1:]
    for page in PAGES:
        large = [found["large"][page] for found in rounds]
        small = [found["small"][page] for found in rounds]
        for part, label in ((0.5, "p50"), (0.95, "p95")):
            ours, theirs = ([share(times, part) for times in side] for side in (large, small))
            yield figure(f"square.{database}.{page}_{label}", ours, "ms", theirs, digits=1)
        yield figure(f"square.{database}.{page}_queries", [square.queries[page]], "queries")


class _Square:
    """Two databases: few and many open listings."""

    def __init__(self, installation: Installation, database: str) -> None:
        from django.db import connection

        from jiedan.core import clock

        self._sqlite = database == "sqlite"
        name = str(connection.settings_dict["NAME"])
        self._names = {"small": name, "large": f"{name}-large" if self._sqlite else "jiedan_large"}
        self._now = clock.now()
        self._company = company.found(self._now)
        listing_bulk.declare(self._company, self._now)
        self._copy(installation.url)
        self._visitors: dict[str, dict[str, Callable[[], None]]] = {}
        for which, count in (("small", SMALL), ("large", LARGE)):
            self._use(which)
            listing_bulk.fill(self._company, count, self._now)
            with connection.cursor() as sql:
                sql.execute("ANALYZE" if self._sqlite else "VACUUM ANALYZE")
            self._visitors[which] = {page: self._visitor(*where) for page, where in PAGES.items()}
        self.queries: dict[str, int] = {}

    def _copy(self, url: str) -> None:
        from django.db import connection

        connection.close()
        if self._sqlite:
            shutil.copy(self._names["small"], self._names["large"])
            return
        import psycopg

        with psycopg.connect(url.rpartition("/")[0] + "/postgres", autocommit=True) as link:
            link.execute(f"CREATE DATABASE {self._names['large']} TEMPLATE {self._names['small']}")

    def _use(self, which: str) -> None:
        from django.db import connection

        if connection.settings_dict["NAME"] != self._names[which]:
            connection.close()
            connection.settings_dict["NAME"] = self._names[which]
            connection.ensure_connection()

    def _visitor(self, number: str, address: str) -> Callable[[], None]:
        from django.test import Client

        from jiedan.people.models import Staff

        client = Client(headers={"host": "localhost"})
        client.force_login(Staff.objects.get(number=number), "allauth.account.auth_backends.AuthenticationBackend")
        where = _address(client, address)

        def visit() -> None:
            answer = client.get(where)
            if answer.status_code != 200 or not answer.content:
                raise SystemExit(f"{where}: {answer.status_code}")

        visit()
        return visit

    def visits(self) -> dict[str, dict[str, list[float]]]:
        """Milliseconds of each visit among both, a round of all pages."""
        times: dict[str, dict[str, list[float]]] = {which: {page: [] for page in PAGES} for which in self._visitors}
        for page in PAGES:
            for number in range(2 * VISITS):
                # A connection is made anew when the database changes: each side goes ten times in a row.
                which = ("small", "large")[number // 10 % 2]
                self._use(which)
                began = perf_counter()
                self._visitors[which][page]()
                times[which][page].append(1000 * (perf_counter() - began))
        return times

    def check(self) -> None:
        """Whether the ledgers hold, and each page asks as much among many as among few. Raises SystemExit otherwise."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        from jiedan.kernel.verify import verify_database

        asked: dict[str, dict[str, int]] = {page: {} for page in PAGES}
        for which, visitors in self._visitors.items():
            self._use(which)
            if which == "small" and not verify_database().ok:
                raise SystemExit("the ledger doesn't hold")
            for page, visit in visitors.items():
                # The first visit after a while renews the visitor's session, too.
                visit()
                with CaptureQueriesContext(connection) as found:
                    visit()
                asked[page][which] = len(found)
        different = {page: counts for page, counts in asked.items() if len(set(counts.values())) > 1}
        if different:
            raise SystemExit(f"other numbers of queries among many than among few: {different}")
        self.queries = {page: counts["large"] for page, counts in asked.items()}


def _address(client: Any, address: str) -> str:
    first = client.get("/listings/").content.decode()
    if address == "next":
        return html.unescape(re.findall(r'href="(/listings/[^"]*after=[^"]+)"', first)[-1])
    return str(re.findall(r"/listings/LS\d+/", first)[0]) if address == "listing" else address
