"""R8: the disk runs full and is freed again while orders are pushed: nothing promised is lost, and it heals by itself."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.faults.pushing import WAYS_IN, Pushers, assert_each_once, await_more, connect, storm
from tests.faults.rig import Installation, prepared, until
from tests.faults.test_push_kills import assert_sound
from tools.postgres import SAFE, Server, find_binaries

pytestmark = pytest.mark.faults
TIMES = int(os.environ.get("JIEDAN_FULL_DISKS", "4"))
SIZES = {"sqlite": "48m", "postgresql": "512m"}
SMALL = ("max_wal_size=64MB", "min_wal_size=32MB")
"""PostgreSQL's log has to fit on the small disk while that isn't full."""
DATABASES = pytest.mark.parametrize("database", SIZES)


@contextmanager
def small_disk(size: str) -> Iterator[Path]:
    """A small file system of its own; skips where nothing may be mounted."""
    # Not under pytest's own folder: that one is closed to the unprivileged user PostgreSQL runs as.
    place = Path(tempfile.mkdtemp(prefix="jiedan-disk-"))
    try:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", str(place)],
            check=False, capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            pytest.skip(f"a small file system can't be mounted here: {done.stderr.strip()}")
        place.chmod(0o755)
        yield place
        subprocess.run(["umount", "--lazy", str(place)], check=True)
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=False, capture_output=True)
        shutil.rmtree(place, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class OnSmallDisk:
    """An installation whose database alone is on a small disk; keys and files are elsewhere."""

    found: Installation
    disk: Path
    server: Server | None

    def is_ready(self) -> bool:
        """Whether it says so; a database that gave up is started again as its supervisor would."""
        server = self.server
        if server is not None and (server.process is None or server.process.poll() is not None):
            with suppress(SystemExit):
                server.start()
        return ready(self.found)[0] == 200


@contextmanager
def on_a_small_disk(folder: Path, database: str) -> Iterator[OnSmallDisk]:
    with ExitStack() as stack:
        disk = stack.enter_context(small_disk(SIZES[database]))
        server = None
        if database == "postgresql":
            server = stack.enter_context(Server(find_binaries(), disk, (*SAFE, *SMALL)))
        found = Installation(folder, server.url if server else f"sqlite:///{disk / 'jiedan.sqlite3'}")
        stack.callback(found.stop)
        yield OnSmallDisk(prepared(found), disk, server)


def fill(disk: Path) -> None:
    """Until not a byte more fits."""
    with (disk / "ballast").open("ab", buffering=0) as ballast:
        for size in (1 << 20, 4096, 1):
            try:
                while True:
                    ballast.write(bytes(size))
            except OSError:
                continue


def free(disk: Path) -> None:
    (disk / "ballast").unlink(missing_ok=True)


def ready(found: Installation) -> tuple[int, str]:
    answer = httpx.get(f"{found.address}/readyz", timeout=30)
    return answer.status_code, answer.text


@DATABASES
def test_a_disk_that_runs_full_loses_nothing_and_heals_when_it_is_freed(tmp_path: Path, database: str) -> None:
    with on_a_small_disk(tmp_path, database) as place:
        found = place.found
        targets = [connect(found, channel) for channel in WAYS_IN]
        found.start_web()
        found.start_worker()
        until(place.is_ready, 30)
        with storm(targets, each=2) as everybody:
            for _ in range(TIMES):
                await_more(everybody, 10)
                fill(place.disk)
                await_refusals(everybody, 5)
                status, text = ready(found)
                assert (status, "written" in text or "answer" in text) == (503, True), text
                free(place.disk)
                until(place.is_ready, 60)
            await_more(everybody, 10)
        time.sleep(1)
        found.stop()
        for pushers in everybody:
            assert set(pushers.answers) <= {200, 201, 503, 507}, pushers.answers
            assert_each_once(found, pushers)
        assert_sound(found)


def await_refusals(everybody: Sequence[Pushers], more: int) -> None:
    """Until each of them was told so often that nothing is stored now."""
    wanted = [refusals(pushers) + more for pushers in everybody]
    until(lambda: all(refusals(one) >= count for one, count in zip(everybody, wanted, strict=True)), 60)


def refusals(pushers: Pushers) -> int:
    return pushers.answers[503] + pushers.answers[507]


BLIND = {
    "sqlite": "health._write_problems = lambda now: []",
    "postgresql": "health._try_its_disk = lambda: None",
}
"""`select 1` says yes on a full disk; so does PostgreSQL to a row that is written where it stood before."""


@DATABASES
def test_the_full_disk_finds_a_readiness_that_asks_too_little(tmp_path: Path, database: str) -> None:
    """The positive control."""
    with on_a_small_disk(tmp_path, database) as place:
        place.found.start_web(planted=f"from jiedan.kernel import health\n{BLIND[database]}")
        place.found.start_worker()
        until(place.is_ready, 30)
        fill(place.disk)
        assert ready(place.found)[0] == 200
