"""An installation of Jiedan for one benchmark: its own database, keys and mail folder, gone afterwards."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.postgres import SAFE, Server, find_binaries

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Installation:
    """Where it lives; `environment` is for processes that belong to it."""

    folder: Path
    url: str
    environment: dict[str, str]

    def use_here(self) -> None:
        """Make this very process part of the installation: Django set up, database migrated."""
        os.environ.update(self.environment)
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def on_sqlite() -> Iterator[Installation]:
    """An empty installation on a SQLite file."""
    with _folder() as folder:
        yield _installation(folder, f"sqlite:///{folder}/jiedan.sqlite3")


@contextmanager
def on_postgresql() -> Iterator[Installation]:
    """An empty installation on a PostgreSQL of its own, with fsync, synchronous_commit and full_page_writes on."""
    with _folder() as folder:
        data = folder / "postgresql"
        data.mkdir()
        with Server(find_binaries(), data, SAFE) as server:
            yield _installation(folder, server.url)
            _close_connections()


def _installation(folder: Path, url: str) -> Installation:
    own = {
        "DJANGO_SETTINGS_MODULE": "jiedan.settings",
        "JIEDAN_DATABASE_URL": url,
        "JIEDAN_KEYS_DIR": str(folder / "keys"),
        "JIEDAN_DOCUMENTS_DIR": str(folder / "documents"),
        "JIEDAN_EMAIL_URL": f"filemail:///{folder}/mail",
        "JIEDAN_DEBUG": "0",
    }
    return Installation(folder, url, {**os.environ, **own})


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="jiedan-bench-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _close_connections() -> None:
    if "django.db" in sys.modules:
        sys.modules["django.db"].connections.close_all()


@dataclass(slots=True)
class Web:
    """A running `jiedan serve`."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def wait_for(self, path: str, seconds: float = 30) -> None:
        """Return as soon as PATH is answered with success. Raises SystemExit when it never is."""
        until, last = time.monotonic() + seconds, "no answer"
        while time.monotonic() < until and self.process.poll() is None:
            try:
                with urllib.request.urlopen(self.address + path, timeout=5) as answer:
                    answer.read()
                    return
            except urllib.error.HTTPError as error:
                raise SystemExit(
                    f"{path} answers {error.code}; see the log:\n{self.log.read_text()[-2000:]}"
                ) from error
            except OSError as error:
                last = str(error)
                time.sleep(0.005)
        raise SystemExit(f"`jiedan serve` didn't answer {path}: {last}\n{self.log.read_text()[-2000:]}")


@contextmanager
def serving(installation: Installation) -> Iterator[Web]:
    """`jiedan serve` as people start it, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [str(Path(sys.executable).parent / "jiedan"), "serve", "--port", str(port)]
    log = installation.folder / "web.log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, env=installation.environment, cwd=ROOT, stdout=out, stderr=out, start_new_session=True
        )
    try:
        yield Web(process, port, log)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
