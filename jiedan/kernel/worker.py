"""The worker: sweeps deadlines, seals records, carries reactions out, sends mail, and runs the jobs of django-q2.

The bulk work runs as batch drains in one loop, several times a second; jobs of their own (a pull, a report) run in
a django-q2 cluster beside it. A worker that is killed loses nothing: all it does is found again in the database.
"""

import ctypes
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from types import FrameType

from django.db import Error, close_old_connections, connection, transaction

from jiedan.core import clock
from jiedan.kernel import durability, notices, periodic, sealing, timers
from jiedan.kernel.models import WorkerBeat

log = logging.getLogger(__name__)

PAUSE = 0.3
"""Seconds between two rounds when nothing was found to do."""

DRAINS: tuple[tuple[str, Callable[[datetime], int]], ...] = (
    ("deadlines", timers.sweep),
    ("reactions", notices.carry_out),
    ("seals", lambda _now: sealing.seal()),
    ("periodic", periodic.enqueue_due),
)

BESIDE: list[tuple[str, Callable[[datetime], int]]] = [("mail", notices.send_mail)]
"""Drains that talk to others, each in a thread of its own; a room above adds its own when it is ready."""

_PR_SET_PDEATHSIG = 1


def round_once(now: datetime) -> int:
    """One round of every drain; a drain that fails is logged and doesn't stop the others. Returns what was done."""
    done = 0
    for name, drain in DRAINS:
        try:
            done += drain(now)
        except Exception as error:
            # Not the database alone: a mistake in one drain mustn't keep deadlines from being watched.
            log.exception("the %s drain failed; it is tried again", name)
            if isinstance(error, Error):
                close_old_connections()
    return done


def run(jobs: bool = True) -> None:
    """Work until SIGTERM or SIGINT."""
    durability.require()
    stop = _Stop()
    cluster = _Cluster() if jobs else None
    beat = _Beat()
    for name, drain in BESIDE:
        threading.Thread(target=_repeat_until, args=(stop, name, drain), daemon=True).start()
    try:
        while not stop.asked:
            if cluster:
                cluster.keep_alive()
            beat.show()
            if round_once(clock.now()) == 0:
                stop.wait(PAUSE)
    finally:
        if cluster:
            cluster.stop()


def _repeat_until(stop: "_Stop", name: str, drain: Callable[[datetime], int]) -> None:
    """Work beside the other drains: a slow server of somebody else must not hold up deadlines."""
    while not stop.asked:
        try:
            sent = drain(clock.now())
        except Error:
            log.exception("the %s drain failed; it is tried again", name)
            close_old_connections()
            sent = 0
        if sent == 0:
            stop.wait(1.0)
    connection.close()


class _Stop:
    """Remembers that the worker was asked to stop."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True

    def wait(self, seconds: float) -> None:
        if not self.asked:
            time.sleep(seconds)


class _Beat:
    """The worker's sign of life, every few seconds."""

    EVERY = 5.0

    def __init__(self) -> None:
        self._name = f"{socket.gethostname()}:{os.getpid()}"[:80]
        self._started = clock.now()
        self._shown = 0.0

    def show(self) -> None:
        if time.monotonic() - self._shown < self.EVERY:
            return
        self._shown = time.monotonic()
        now = clock.now()
        try:
            with transaction.atomic():
                WorkerBeat.objects.exclude(name=self._name).filter(at__lt=now - timedelta(hours=1)).delete()
                WorkerBeat.objects.update_or_create(name=self._name, defaults={"started_at": self._started, "at": now})
        except Error:
            log.exception("the sign of life could not be written")
            close_old_connections()


class _Cluster:
    """The django-q2 cluster as a child that dies with its parent and is started again when it ends."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._started = 0.0

    def keep_alive(self) -> None:
        if self._child is not None and self._child.poll() is None:
            return
        if time.monotonic() - self._started < 5 and self._child is not None:
            return
        self._started = time.monotonic()
        command = [sys.executable, "-m", "django", "qcluster"]
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "jiedan.settings"}
        self._child = subprocess.Popen(command, env=environment, preexec_fn=_die_with_parent)

    def stop(self) -> None:
        if self._child is None:
            return
        self._child.terminate()
        try:
            self._child.wait(10)
        except subprocess.TimeoutExpired:
            self._child.kill()


def _die_with_parent() -> None:
    # Otherwise a killed worker would leave its cluster running beside the next worker's.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
