"""Who does what inside a web process: a few threads with database connections, many at the door without.

Somebody who pushes an order waits until it is committed together with others, so many threads have to be able to
wait at once; were each of them to open a connection of its own, the database would run out of them.
"""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

from django.db import close_old_connections, connection

P = ParamSpec("P")
T = TypeVar("T")

SIZE = int(os.environ.get("JIEDAN_CREW", min(8, 2 * (os.cpu_count() or 1) + 1)))
"""Threads with a connection to the database, for each web process."""

_here = threading.local()
_turn = threading.Lock()
_counting = threading.Lock()
_coming = 0
_lock = threading.Lock()
_crew: ThreadPoolExecutor | None = None


def pool() -> ThreadPoolExecutor:
    """The crew of this process; hired when first needed, because processes part after loading."""
    global _crew
    if _crew is None:
        with _lock:
            _crew = _crew or ThreadPoolExecutor(SIZE, thread_name_prefix="crew")
    return _crew


def dismiss() -> None:
    """Let the crew go, each of them closing their connection; the next call hires again."""
    global _crew
    if _crew is None:
        return
    together = threading.Barrier(SIZE)

    def leave() -> None:
        # Nobody gets two of these, because each waits here for all the others.
        together.wait(10)
        connection.close()

    leaving = [_crew.submit(leave) for _each in range(SIZE)]
    for found in leaving:
        found.result()
    _crew.shutdown()
    _crew = None


@contextmanager
def at_the_door() -> Iterator[None]:
    """This thread answers a push: it works when it is its turn, and what needs the database the crew does meanwhile.

    Python runs one thread at a time. Were a hundred of them to ask for it, the one that commits for all of them would
    get it last, after each of its thirty conversations with the database; so all but one wait here instead.
    """
    global _coming
    _here.door = True
    with _counting:
        _coming += 1
    _turn.acquire()
    with _counting:
        _coming -= 1
    try:
        yield
    finally:
        _here.door = False
        _turn.release()


def coming() -> int:
    """How many wait at the door for their first turn, and may be handing something in in a moment."""
    return _coming


@contextmanager
def step_aside() -> Iterator[None]:
    """While this thread waits for something, let the next at the door have its turn."""
    _turn.release()
    try:
        yield
    finally:
        _turn.acquire()


def is_at_the_door() -> bool:
    """Whether this thread must not touch the database itself."""
    return getattr(_here, "door", False)


def have_done(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What FUNCTION returns (or raises): done by the crew when this thread is at the door, else here."""
    if not is_at_the_door():
        return function(*args, **kwargs)

    def done() -> T:
        close_old_connections()
        try:
            return function(*args, **kwargs)
        finally:
            close_old_connections()

    asked = pool().submit(done)
    with step_aside():
        return asked.result()
