"""Where things lie, how commands are called and what is said on the terminal; the standard library alone."""

import ctypes
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TextIO

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = str(BIN / "python")
VAR = ROOT / "var"
GRACE = 10.0
"""Seconds that a child gets to stop before it is killed."""

_PR_SET_PDEATHSIG = 1


class Failed(SystemExit):
    """A command can't go on; the text says what and what to do. Exit code 2."""

    def __init__(self, text: str) -> None:
        say(text, sys.stderr)
        super().__init__(2)


def say(text: str, where: TextIO | None = None) -> None:
    """Print a line at once."""
    print(text, file=where or sys.stdout, flush=True)


def environment(**more: str) -> dict[str, str]:
    """The environment for children."""
    base = {**os.environ, "DJANGO_SETTINGS_MODULE": "jiedan.settings", "PYTHONUNBUFFERED": "1"}
    # Without compiled files beside the sources every start takes a second longer.
    base.pop("PYTHONDONTWRITEBYTECODE", None)
    return base | more


def call(*command: str, env: Mapping[str, str] | None = None, remedy: str = "") -> None:
    """Run a command to its end. Raises Failed when it does not end well; takes its children along when stopped."""
    code = finish(start(command, env or environment()))
    if code:
        raise Failed(f"`{shlex.join(command)}` failed with exit code {code}.{' ' + remedy if remedy else ''}")


def start(command: Sequence[str], env: Mapping[str, str], stdout: int | None = None) -> "subprocess.Popen[bytes]":
    """Start a command in a group of its own: the terminal's Ctrl+C reaches only us, and we stop it with its children."""
    ask = dies_with_us(signal.SIGTERM)
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=stdout, start_new_session=True, preexec_fn=ask)


def finish(child: "subprocess.Popen[bytes]") -> int:
    """Wait for a child; when we are interrupted it is stopped first."""
    try:
        return child.wait()
    except BaseException:
        stop([child])
        raise


def stop(children: Sequence["subprocess.Popen[bytes]"]) -> None:
    """Ask the children to stop; kill what is still there after the time of grace, and what they left behind."""
    for child in children:
        # Only the first process of each group: it knows in which order its own children end.
        child.terminate()
    deadline = time.monotonic() + GRACE
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            say(f"{child.args!r} didn't stop within {GRACE:.0f} seconds and is killed.", sys.stderr)
        _kill_group(child)
        child.wait()


def _kill_group(child: "subprocess.Popen[bytes]") -> None:
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def dies_with_us(number: signal.Signals) -> Callable[[], None] | None:
    """What a new child does first, so that it gets this signal even when we are killed; None where there is no such way."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)

    def ask() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(number))

    return ask
