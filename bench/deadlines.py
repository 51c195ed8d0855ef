"""P8: many open clocks, some of which fall due: how fast all are marked and their people told, how late at most.

The reference of each rate is the same measurement among a tenth of the open clocks, in a second database of the
same server, in turn. The live minute runs the worker's own loop in real time while clocks fall due evenly in it.
"""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bench import bulk, company
from bench.installation import Installation, on_postgresql
from bench.measure import ROUNDS, Figure, figure, in_turn, share

SMALL, LARGE = 10_000, 100_000
"""Clocks that stay open throughout."""
COHORT = 2_000
"""Clocks that fall due together in one round."""
MINUTE = 10_000
"""Clocks that fall due in the live minute."""
SWEEPS = 50

MORNING = datetime(2026, 9, 21, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
APART = timedelta(minutes=31)
"""Between cohorts: the warning of the next (30 minutes before it is due) comes after the last one was marked."""


def figures() -> Iterator[Figure]:
    """Marks and notices a second, the cost of a sweep that finds nothing, and the lag in a live minute."""
    with on_postgresql() as installation:
        installation.use_here()
        bench = _Bench(installation)
        found = bench.rates()
        large, small = found["large"], found["small"]
        for name, unit in (("sweep_finding_nothing", "ms"), ("marks", "marks/s"), ("tells", "notices/s")):
            yield figure(f"deadlines.{name}", large[name], unit, small[name])
        yield from bench.live_minute()
        bench.check()


class _Bench:
    """Two databases on one server: few and many open clocks."""

    def __init__(self, installation: Installation) -> None:
        from django.db import connection

        self._company = company.found(MORNING)
        self._names = {"small": str(connection.settings_dict["NAME"]), "large": "jiedan_large"}
        self._copy(installation.url)
        self._round = {"small": 0, "large": 0}
        self._fill("small", SMALL, MINUTE // 100)
        self._fill("large", LARGE - MINUTE, MINUTE)

    def _copy(self, url: str) -> None:
        import psycopg
        from django.db import connection

        connection.close()
        server = url.rpartition("/")[0] + "/postgres"
        with psycopg.connect(server, autocommit=True) as link:
            link.execute(f"CREATE DATABASE {self._names['large']} TEMPLATE {self._names['small']}")

    def _use(self, which: str) -> None:
        from django.db import connection

        if connection.settings_dict["NAME"] != self._names[which]:
            connection.close()
            connection.settings_dict["NAME"] = self._names[which]
            connection.ensure_connection()

    def _fill(self, which: str, staying: int, minute: int) -> None:
        from django.db import connection

        from jiedan.kernel import sealing

        self._use(which)
        moments = [_received(number) for number in range(ROUNDS + 1) for _ in range(COHORT)]
        moments += [_received(ROUNDS + 1) + timedelta(seconds=60 * index / minute) for index in range(minute)]
        evening = MORNING.replace(hour=17)
        moments += [evening + timedelta(seconds=3000 * index / staying) for index in range(staying)]
        bulk.fill(self._company, moments)
        while sealing.seal():
            pass
        with connection.cursor() as sql:
            sql.execute("VACUUM ANALYZE")

    def rates(self) -> dict[str, dict[str, list[float]]]:
        """For both databases: milliseconds of an idle sweep, marks a second, notices a second; a value a round."""
        kept: dict[str, dict[str, list[float]]] = {"small": {}, "large": {}}

        def measured(which: str) -> Callable[[], float]:
            return lambda: self._cohort(which, kept[which])

        in_turn({which: measured(which) for which in kept})
        return {which: {name: values[1:] for name, values in found.items()} for which, found in kept.items()}

    def _cohort(self, which: str, kept: dict[str, list[float]]) -> float:
        from jiedan.kernel import notices, timers

        self._use(which)
        due = _due(self._round[which])
        self._round[which] += 1
        early = _warned(due)
        idle = _seconds(lambda: sum(timers.sweep(early) for _ in range(SWEEPS)), 0) / SWEEPS
        marking = _seconds(lambda: _until_done(timers.sweep, due), COHORT)
        telling = _seconds(lambda: _until_done(notices.carry_out, due), 2 * COHORT)
        measured = {"sweep_finding_nothing": 1000 * idle, "marks": COHORT / marking, "tells": 4 * COHORT / telling}
        for name, value in measured.items():
            kept.setdefault(name, []).append(value)
        return marking

    def live_minute(self) -> Iterator[Figure]:
        """The worker's loop for a minute and until nothing is left: how late each mark and each notice was."""
        from jiedan.kernel import worker
        from jiedan.kernel.models import Deadline, Mail, Notice

        self._use("large")
        begin = _due(ROUNDS + 1)
        _warned(begin)
        Mail.objects.all().delete()
        ends = _run_worker(begin, worker)
        last = begin + timedelta(seconds=60)
        rows = Deadline.objects.filter(due_at__gte=begin, due_at__lt=last)
        due = {pk: at for pk, at in rows.values_list("subject_id", "due_at") if at}
        found = [(at - due[pk]).total_seconds() for pk, at in rows.values_list("subject_id", "overdue_at") if at]
        told = Notice.objects.filter(created_at__gte=begin).values_list("subject_id", "created_at")
        heard = [(ends[at] - due[pk]).total_seconds() for pk, at in told]
        if (len(found), len(heard)) != (MINUTE, 4 * MINUTE):
            raise SystemExit(f"of {MINUTE} clocks {len(found)} were marked; {len(heard)} notices")
        yield figure("deadlines.detected_p50", [share(found, 0.5)], "s")
        yield figure("deadlines.detected_p99", [share(found, 0.99)], "s")
        yield figure("deadlines.told_p99", [share(heard, 0.99)], "s")
        yield figure("deadlines.rounds_in_live_minute", [len(ends)], "rounds")
        yield figure("deadlines.mails_left_after_live_minute", [Mail.objects.filter(sent_at=None).count()], "mails")

    def check(self) -> None:
        """Whether the ledger holds with all the marks in it. Raises SystemExit otherwise."""
        from jiedan.kernel.verify import verify_database

        report = verify_database()
        if not report.ok:
            raise SystemExit(f"the ledger doesn't hold: {report.problem}")


def _received(number: int) -> datetime:
    """When the cohort of this number came in: in working time, around the lunch break."""
    at = MORNING + number * APART
    return at if at.hour < 12 else at + timedelta(minutes=90)


def _due(number: int) -> datetime:
    from jiedan.kernel import rules

    values = rules.in_force(MORNING)
    return values.calendar.add_hours(_received(number), values.procedure.amount("accept_hours"))  # type: ignore[arg-type]


def _warned(due: datetime) -> datetime:
    """A second before DUE, with every warning that precedes it given."""
    from jiedan.kernel import notices, timers

    early = due - timedelta(seconds=1)
    _until_done(timers.sweep, early)
    _until_done(notices.carry_out, early)
    return early


def _seconds(work: Callable[[], int], expected: int) -> float:
    began = time.perf_counter()
    done = work()
    if done != expected:
        raise SystemExit(f"{done} done instead of {expected}")
    return time.perf_counter() - began


def _until_done(drain: Callable[[datetime], int], now: datetime) -> int:
    total = 0
    while done := drain(now):
        total += done
    return total


def _run_worker(begin: datetime, worker: Any) -> dict[datetime, datetime]:
    """Run the worker's rounds in real time from BEGIN on; when each round that began at a moment was over."""
    started, ends = time.monotonic(), {}
    lasting = 60.0
    while True:
        now = begin + timedelta(seconds=time.monotonic() - started)
        done = worker.round_once(now)
        over = begin + timedelta(seconds=time.monotonic() - started)
        ends[now] = over
        if (over - begin).total_seconds() > lasting + 5:
            return ends
        if not done:
            time.sleep(worker.PAUSE)
