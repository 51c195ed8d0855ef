"""R8: the disk runs full and is freed again while orders are pushed: nothing promised is lost, and it heals by itself."""

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.faults.pushing import WAYS_IN, Pushers, assert_each_once, await_more, connect, storm
from tests.faults.rig import Installation, prepared, until
from tests.faults.test_push_kills import assert_sound

pytestmark = pytest.mark.faults
TIMES = int(os.environ.get("JIEDAN_FULL_DISKS", "4"))
SIZE = "48m"


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A small file system of its own; skips where nothing may be mounted."""
    place = folder / "disk"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)], check=False, capture_output=True, text=True
    )
    if done.returncode:
        pytest.skip(f"a small file system can't be mounted here: {done.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@contextmanager
def on_a_small_disk(folder: Path) -> Iterator[tuple[Installation, Path]]:
    with small_disk(folder) as disk:
        found = Installation(folder, f"sqlite:///{disk / 'jiedan.sqlite3'}")
        try:
            prepared(found)
            yield found, disk
        finally:
            found.stop()


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


def test_a_disk_that_runs_full_loses_nothing_and_heals_when_it_is_freed(tmp_path: Path) -> None:
    with on_a_small_disk(tmp_path) as (found, disk):
        targets = [connect(found, channel) for channel in WAYS_IN]
        found.start_web()
        found.start_worker()
        until(lambda: ready(found)[0] == 200, 30)
        with storm(targets, each=2) as everybody:
            for _ in range(TIMES):
                await_more(everybody, 10)
                fill(disk)
                await_refusals(everybody, 5)
                status, text = ready(found)
                assert (status, "written" in text or "answer" in text) == (503, True), text
                free(disk)
                until(lambda: ready(found)[0] == 200, 60)
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


ASKS_ONLY = """
from jiedan.kernel import health
health._write_problems = lambda now: []
"""


def test_the_full_disk_finds_a_readiness_that_only_reads(tmp_path: Path) -> None:
    """The positive control: `select 1` says yes on a full disk."""
    with on_a_small_disk(tmp_path) as (found, disk):
        found.start_web(planted=ASKS_ONLY)
        found.start_worker()
        until(lambda: ready(found)[0] == 200, 30)
        fill(disk)
        assert ready(found)[0] == 200
