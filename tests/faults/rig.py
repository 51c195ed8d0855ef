"""A real installation to break: its own database, keys, web server and worker, killed and started at will."""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.faults.warm import Child, Nursery
from tools.postgres import SAFE, Server, find_binaries

ROOT = Path(__file__).resolve().parent.parent.parent
PYTHON = sys.executable
Process = subprocess.Popen[bytes] | Child


RECOVERING = (
    "the database system is in recovery mode",
    "the database system is starting up",
    "is not yet accepting connections",
)


@dataclass
class Installation:
    """One installation in a folder of its own."""

    folder: Path
    database: str
    port: int = 0
    web: Process | None = None
    worker: Process | None = None
    nursery: Nursery | None = None
    """Where web and worker come from when they are killed often."""
    kills: int = 0
    logs: list[Path] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "JIEDAN_DATABASE_URL": self.database,
            "JIEDAN_KEYS_DIR": str(self.folder / "keys"),
            "JIEDAN_DOCUMENTS_DIR": str(self.folder / "documents"),
            "JIEDAN_API_RATE": "100000000/h",
            "JIEDAN_EMAIL_URL": "dummymail://",
            "JIEDAN_BASE_URL": f"http://127.0.0.1:{self.port or 8000}",
            "DJANGO_SETTINGS_MODULE": "jiedan.settings",
        }

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def jiedan(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [PYTHON, "-c", "from jiedan.cli import main; main()", *arguments]
        return subprocess.run(command, check=False, capture_output=True, text=True, env=self.environment, cwd=ROOT)

    def script(self, text: str) -> Any:
        """Run Python inside the installation; returns the JSON of its last line."""
        code = f"import django; django.setup()\n{text}"
        for _try in range(60):
            done = subprocess.run(
                [PYTHON, "-c", code], check=False, capture_output=True, text=True, env=self.environment, cwd=ROOT
            )
            # A database that was killed a moment ago lets nobody in until it has recovered.
            if not any(words in done.stderr for words in RECOVERING):
                break
            time.sleep(0.5)
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.strip().splitlines()[-1])

    def start_web(self, planted: str = "") -> None:
        """Start it and wait until it answers; PLANTED is a bug for a positive control, run before it serves."""
        self.port = self.port or free_port()
        # Who was killed a moment ago may still have it.
        until(lambda: _is_free(self.port), 10)
        self.web = self._start("serve", "--port", str(self.port), planted=planted)
        until(lambda: _answers(f"{self.address}/healthz"), 30)

    def start_worker(self) -> None:
        self.worker = self._start("worker")

    @contextmanager
    def warm(self) -> Iterator[None]:
        """From here on web and worker are started from a process that has read everything before."""
        self.port = self.port or free_port()
        self.nursery = Nursery(self.environment, ROOT)
        try:
            yield
        finally:
            self.stop()
            self.nursery.close()
            self.nursery = None

    def _start(self, *arguments: str, planted: str = "") -> Process:
        log = self.folder / f"{arguments[0]}.log"
        if self.nursery is not None and not planted:
            return self.nursery.start(arguments, self.environment, log)
        before = f"import django\ndjango.setup()\n{planted}\n" if planted else ""
        command = [PYTHON, "-c", f"{before}from jiedan.cli import main\nmain()", *arguments]
        with log.open("ab") as out:
            return subprocess.Popen(
                command, env=self.environment, cwd=ROOT, stdout=out, stderr=out, start_new_session=True
            )

    def kill(self, process: Process | None) -> None:
        """kill -9 of the whole group at once, as when the machine loses it."""
        if process is None:
            return
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
        self.kills += 1

    def stop(self) -> None:
        for process in (self.web, self.worker):
            self.kill(process)


@contextmanager
def installation(folder: Path, postgres: bool) -> Iterator[tuple[Installation, Server | None]]:
    """A migrated installation with the demo company's people; durable settings on either database."""
    if not postgres:
        found = Installation(folder, f"sqlite:///{folder / 'jiedan.sqlite3'}")
        try:
            yield prepared(found), None
        finally:
            found.stop()
        return
    # Not under pytest's own folder: that one is closed to the unprivileged user PostgreSQL runs as.
    place = Path(tempfile.mkdtemp(prefix="jiedan-pg-"))
    try:
        with Server(find_binaries(), place, SAFE) as server:
            found = Installation(folder, server.url)
            try:
                yield prepared(found), server
            finally:
                found.stop()
    finally:
        shutil.rmtree(place, ignore_errors=True)


def prepared(found: Installation) -> Installation:
    """Migrated, with the demo company's people in it."""
    done = found.jiedan("migrate")
    assert done.returncode == 0, done.stderr
    found.script(
        "from jiedan.demo import company\n"
        "from django.db import transaction\n"
        "with transaction.atomic(): company._organisation()\n"
        "print('{}')"
    )
    return found


def token_of(found: Installation, number: str) -> str:
    text: str = found.script(
        "import json; from jiedan.people import tokens; from jiedan.people.models import Staff; from jiedan.core import clock\n"
        f"print(json.dumps(tokens.issue(Staff.objects.get(number='{number}'), 'rig', ['read', 'act'], clock.now(), 30)[1]))"
    )
    return text


SOUND = """
import json
from django.db.models import Count
from jiedan.kernel import clocks, sealing
from jiedan.kernel.models import Deadline, Record
from jiedan.kernel.verify import verify_database
from jiedan.orders.models import Contact, Order, OrderLine
while sealing.seal(): pass
report = verify_database()
half = [o.pk for o in Order.objects.all() if not OrderLine.objects.filter(order=o).exists() or not Contact.objects.filter(order=o).exists()]
def rows(found): return [(r.name, r.round, r.status, r.due_at, r.ended_at) for r in found]
stale = [o.pk for o in Order.objects.all() if rows(clocks.computed(o)) != rows(Deadline.objects.filter(subject_type='order', subject_id=o.pk).order_by('pk'))]
births = Record.objects.filter(subject_type='order', seq=1).count()
print(json.dumps({'ok': report.ok, 'problem': report.problem, 'orders': Order.objects.count(), 'births': births, 'half': half, 'stale': stale,
  'doubles': list(Order.objects.exclude(external_id='').values('channel', 'shop', 'external_id').annotate(n=Count('pk')).filter(n__gt=1).values_list('external_id', flat=True))}))
"""


def kill_a_backend(postmaster: int, dice: random.Random) -> None:
    """One server process that works for us dies; PostgreSQL then restarts all of them."""
    children = [int(pid) for pid in Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()]
    backends = [pid for pid in children if b" jiedan " in _command_of(pid)]
    if backends:
        with suppress(ProcessLookupError):
            os.kill(dice.choice(backends), signal.SIGKILL)
        time.sleep(1.0)


def _command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
    except (FileNotFoundError, ProcessLookupError):
        # A connection may be closed between two looks.
        return b""


def free_port() -> int:
    """A free port below those that the system gives to outgoing connections.

    A client that tries a dead server's port again and again would otherwise be connected to itself one day, and the
    server couldn't have its port back.
    """
    while True:
        port = random.SystemRandom().randrange(20_000, 32_000)
        if _is_free(port):
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def until(condition: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError(f"still not so after {seconds} s")


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=1).status_code == 200
    except httpx.HTTPError:
        return False


class Clients:
    """People who enter orders through the API all the time; each remembers what was acknowledged, by its key."""

    def __init__(self, found: Installation, token: str, count: int, seed: int, port: int = 0) -> None:
        self._found = found
        self._port = port
        self._token = token
        self._dice = random.Random(seed)
        self._stop = threading.Event()
        self.acknowledged: dict[str, str] = {}
        self.sent: set[str] = set()
        self._threads = [threading.Thread(target=self._work, args=(number,), daemon=True) for number in range(count)]

    def __enter__(self) -> "Clients":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_unused: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(15)

    def _work(self, number: int) -> None:
        with httpx.Client(timeout=5) as http:
            turn = 0
            while not self._stop.is_set():
                turn += 1
                self.enter(http, f"c{number}-{turn}")

    def enter(self, http: httpx.Client, key: str) -> None:
        """Send one order until it is acknowledged or the clients are stopped."""
        self.sent.add(key)
        while not self._stop.is_set():
            answer = self.send(http, key)
            if answer is not None and answer.status_code == 201:
                self.acknowledged[key] = answer.json()["ref"]
                return
            time.sleep(0.05)

    def send(self, http: httpx.Client, key: str) -> httpx.Response | None:
        body = {
            "customer_name": "测试客户",
            "customer_phone": "13800000000",
            "requirements": key,
            "lines": [{"name": "台灯", "category": "家居/灯具", "quantity": 1, "unit_price": "10.00"}],
        }
        headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": key}
        port = self._port or self._found.port
        try:
            return http.post(
                f"http://127.0.0.1:{port}/api/v1/orders/actions/acquisition.enter_order", json=body, headers=headers
            )
        except httpx.HTTPError:
            return None
