"""`make run`: the database brought up to date, the demo company, then web, worker and simulated platform as children."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from tools.console import BIN, VAR, Failed, call, environment, say, start, stop
from tools.install import install

JIEDAN = str(BIN / "jiedan")
# A proxy of the environment has no business between us and our own child.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
FIRST_ANSWER = 60.0
"""Seconds the web server may take until it answers."""


def run() -> int:
    """The whole system until Ctrl+C or SIGTERM; returns the exit code."""
    port = wanted_port(os.environ.get("PORT", "8000"))
    install()
    VAR.mkdir(exist_ok=True)
    address = f"http://127.0.0.1:{port}"
    env = environment(JIEDAN_BASE_URL=os.environ.get("JIEDAN_BASE_URL", address))
    empty = os.environ.get("DEMO", "1") == "0"
    if not empty:
        # The simulators that are called back run on this machine.
        env.setdefault("JIEDAN_PRIVATE_RECEIVERS", "1")
    children = Children(env)
    if empty:
        call(JIEDAN, "migrate", env=env)
        others = {"worker": [JIEDAN, "worker"]}
        # Its links have to lead here.
        command = f'JIEDAN_BASE_URL={env["JIEDAN_BASE_URL"]} .venv/bin/jiedan create-admin NUMBER "NAME"'
        closing = f"Started empty. Create the first administrators with:\n  {command}"
    else:
        simulator = free_port(port + 1)
        call(JIEDAN, "demo", "--migrate", "--kaola", f"http://127.0.0.1:{simulator}/router", env=env)
        kaola = [JIEDAN, "simulate", "kaola", "--port", str(simulator)]
        others = {"worker": [JIEDAN, "worker"], "simulated platform": kaola}
        closing = _demo_log_ins(VAR / "demo-logins.txt")
    web = [JIEDAN, "serve", "--port", str(port)]
    return children.watch(web, others, address, f"\nJiedan 接单: {address}/\n{closing}\nStop with Ctrl+C.")


def wanted_port(text: str) -> int:
    """The port that PORT names. Raises Failed when it is no port, taken or not ours to open."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise Failed(f"PORT={text!r} is not usable. Allowed: a number from 1 to 65535.")
    problem = _obstacle(int(text))
    if problem:
        raise Failed(f"Port {text} {problem}. Stop what runs there, or choose another: PORT=8080 make run")
    return int(text)


def free_port(first: int) -> int:
    """FIRST or, when it is taken, a port that isn't."""
    if first <= 65535 and _obstacle(first) is None:
        return first
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _obstacle(port: int) -> str | None:
    with socket.socket() as probe:
        # As the server itself does: a connection of the last run that is still closing is no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            return "may only be opened by root"
        except OSError:
            return "is taken"
    return None


def _demo_log_ins(path: Path) -> str:
    return path.read_text(encoding="utf-8").rstrip() if path.exists() else ""


class Children:
    """The programs of a run; when one ends or the run is stopped, all of them end."""

    def __init__(self, env: dict[str, str]) -> None:
        self._env = env
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._asked = False

    def watch(self, web: list[str], others: dict[str, list[str]], address: str, greeting: str) -> int:
        """Start the web server and, once it answers, the others; greet; return when all have ended."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)
        try:
            self._running["web"] = start(web, self._env)
            if self._answers(f"{address}/healthz"):
                self._running |= {name: start(command, self._env) for name, command in others.items()}
                say(greeting)
            while not self._asked and self._ended() is None:
                time.sleep(0.1)
            ended = None if self._asked else self._ended()
        finally:
            stop(list(self._running.values()))
        if ended is not None:
            raise Failed(f"The {ended} ended by itself (exit code {self._running[ended].returncode}); see above.")
        return 0

    def _answers(self, url: str) -> bool:
        deadline = time.monotonic() + FIRST_ANSWER
        while not self._asked and self._ended() is None:
            try:
                with _DIRECT.open(url, timeout=5):
                    return True
            except urllib.error.HTTPError as error:
                raise Failed(f"The web server answers {error.code} to {url}; see above.") from error
            except OSError:
                time.sleep(0.05)
            if time.monotonic() > deadline:
                raise Failed(f"The web server didn't answer within {FIRST_ANSWER:.0f} seconds.")
        return False

    def _ended(self) -> str | None:
        return next((name for name, child in self._running.items() if child.poll() is not None), None)

    def _ask(self, *_unused: object) -> None:
        self._asked = True
