"""Programs that are started from one that has read everything before: a start costs a tenth, so more can be killed.

The child is parted (fork) from a process that imported Jiedan, has no connection and no thread, and does nothing else;
from there on it is the command as anybody starts it, in a group of its own.
"""

import json
import os
import select
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_NURSE = """
import json, os, signal, sys
import django
django.setup()
from django.urls import get_resolver
get_resolver().url_patterns
import granian.server, jiedan.connectors.front
from jiedan.cli import main
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in sys.stdin:
    order = json.loads(line)
    pid = os.fork()
    if pid:
        print(pid, flush=True)
        continue
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    out = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, place in enumerate((nothing, out, out)):
        os.dup2(place, number)
    os.environ.update(order["environment"])
    sys.argv = ["jiedan", *order["arguments"]]
    main()
"""


@dataclass(frozen=True, slots=True)
class Child:
    """A process that somebody else is the parent of."""

    pid: int

    def wait(self) -> None:
        """Until it is gone. Raises AssertionError when it isn't in time."""
        try:
            handle = os.pidfd_open(self.pid)
        except ProcessLookupError:
            return
        try:
            gone, _writable, _odd = select.select([handle], [], [], 20)
        finally:
            os.close(handle)
        assert gone, f"process {self.pid} is still there"


class Nursery:
    """Where such programs come from; ends with its input."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _NURSE], env=environment, cwd=folder, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def start(self, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> Child:
        """Start `jiedan ARGUMENTS`, with its output in LOG."""
        order = {"arguments": list(arguments), "environment": dict(environment), "log": str(log)}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return Child(int(self._process.stdout.readline()))

    def close(self) -> None:
        """No more of them."""
        self._process.communicate()
