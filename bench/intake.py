"""What the benchmarks of taking orders in share: a connected shop, a served installation, and the check afterwards."""

import base64
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bench import company, load
from bench.installation import Installation, Web, serving
from bench.measure import Figure
from bench.pushes import Target

SECRET = "whsec_" + base64.b64encode(b"a secret that only the bench has").decode()
SHOP = "bench"
_LINE_NUMBER = re.compile(r":\d+\)$")


@dataclass(slots=True)
class Intake:
    """A running installation that one shop pushes to; every acknowledged order is remembered."""

    installation: Installation
    web: Web
    target: Target
    first: int = 0
    acknowledged: set[int] = field(default_factory=set)
    reports: list[load.Report] = field(default_factory=list)

    def push(self, count: int, connections: int = 128, size: int = 1, rate: float = 0.0) -> load.Report:
        """So many requests of orders that weren't sent before. Raises SystemExit when any is refused or dropped."""
        plan = load.Plan(self.target, self.first, count, connections, size, rate)
        self.first += count
        report = load.run(plan)
        self.count(report, plan)
        return report

    def count(self, report: load.Report, plan: load.Plan) -> None:
        """Remember what was acknowledged. Raises SystemExit when something was refused or dropped."""
        if report.dropped or report.refusals:
            log = self.web.log.read_text(errors="replace")[-2000:]
            raise SystemExit(f"{report.by_status}, {report.dropped} dropped: {report.refusals}\n{log}")
        size = plan.size
        self.acknowledged |= {number * size + part for number in report.acknowledged for part in range(size)}
        self.reports.append(report)

    def check(self) -> None:
        """Every acknowledged order is there exactly once, and the ledger holds. Raises SystemExit otherwise."""
        from django.db import connection

        from jiedan.kernel import sealing
        from jiedan.kernel.verify import verify_database
        from jiedan.orders.models import Order

        found = list(Order.objects.filter(external_id__startswith="P").values_list("external_id", flat=True))
        expected = {f"P{number:09d}" for number in self.acknowledged}
        while sealing.seal():
            pass
        report = verify_database()
        connection.close()
        if len(found) != len(set(found)) or set(found) != expected or not report.ok:
            lost, more = len(expected - set(found)), len(set(found) - expected)
            raise SystemExit(f"not every order once: {lost} lost, {more} too many, ledger {report.problem or 'holds'}")


@contextmanager
def connected(installation: Installation, target: Target) -> Iterator[Intake]:
    """The installation served, for a shop that pushes to it.

    With JIEDAN_BENCH_PROFILE set to a folder, where the time under the interpreter's lock went is printed at the end;
    that needs the program py-spy, which nothing else here uses.
    """
    with serving(installation) as web:
        web.wait_for("/healthz")
        with _profiled(web, os.environ.get("JIEDAN_BENCH_PROFILE", "")):
            yield Intake(installation, web, replace(target, port=web.port))


@contextmanager
def _profiled(web: Web, folder: str) -> Iterator[None]:
    if not folder:
        yield
        return
    program = shutil.which("py-spy")
    if program is None:
        raise SystemExit("JIEDAN_BENCH_PROFILE needs py-spy on the PATH: pip install py-spy")
    Path(folder).mkdir(parents=True, exist_ok=True)
    path = Path(folder) / f"{web.process.pid}.stacks"
    options = ("--gil", "--subprocesses", "--nonblocking", "--rate", "200", "--format", "raw")
    command = [program, "record", *options, "--pid", str(web.process.pid), "--output", str(path)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
        print(summary(path), file=sys.stderr)


def found(channel: str) -> Target:
    """Set up the company (this process belongs to the installation), the shop and its secret; the port is unknown."""
    from django.db import connection

    from jiedan.connectors import accounts
    from jiedan.core import clock
    from jiedan.people import tokens

    now = clock.now()
    people = company.found(now)
    _key, token = tokens.issue(people.taker, "bench", ("read", "act"), now, 30)
    path = "/api/v1/orders/bulk"
    if channel != "bulk":
        credentials = {"app_key": "bench", "secret": SECRET}
        accounts.connect(channel, SHOP, "压测店", "", credentials, now, code=SHOP)
        path = f"/connect/{channel}/{SHOP}"
    connection.close()
    return Target(channel, 0, path, SECRET, "bench", token)


def summary(path: Path, most: int = 60) -> str:
    """Where the samples of a profile fell: each function with all that it called, and by itself."""
    inside: Counter[str] = Counter()
    own: Counter[str] = Counter()
    for line in path.read_text().splitlines():
        stack, _blank, count = line.rpartition(" ")
        frames = [_LINE_NUMBER.sub("", frame) for frame in stack.split(";")]
        own[frames[-1]] += int(count)
        for frame in set(frames):
            inside[frame] += int(count)
    total = own.total() or 1
    rows = [
        f"{100 * count / total:5.1f} % {100 * own[frame] / total:5.1f} %  {frame}"
        for frame, count in inside.most_common(most)
    ]
    return "\n".join([f"{total} samples: share with what it called, share by itself", *rows])


def samples_here(count: int = 8) -> list[Any]:
    """The rows that the newest orders left."""
    from django.db import connection

    from bench import reference

    found = reference.record(count)
    connection.close()
    return found


def each_by_itself(name: str, variants: tuple[str, ...]) -> Iterator[Figure]:
    """The figures of a benchmark's variants, each in a process of its own: Django belongs to one installation."""
    for variant in variants:
        command = [sys.executable, "-m", "bench.run", "--here", name, variant]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            for line in process.stdout or ():
                yield json.loads(line)
            if process.wait():
                raise SystemExit(f"{name} {variant} failed")
