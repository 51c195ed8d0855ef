"""Who does what inside a web process: a few threads with database connections, and one at the door without.

Somebody who pushes an order waits until it is committed together with others, so very many have to be able to wait at
once. At the door nobody waits: one thread reads what comes in, and whoever needs something is laid aside (as a
greenlet) until it is there. Views stay ordinary functions.
"""

import asyncio
import contextvars
import os
import threading
from collections.abc import Awaitable, Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar, cast

from django.db import close_old_connections, connection
from greenlet import getcurrent, greenlet

P = ParamSpec("P")
T = TypeVar("T")

SIZE = int(os.environ.get("JIEDAN_CREW", min(8, 2 * (os.cpu_count() or 1) + 1)))
"""Threads with a connection to the database, for each web process."""

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


class _Visit(greenlet):  # type: ignore[misc] # greenlet brings no types
    """A function at the door that can be laid aside while it waits."""


async def at_the_door(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What FUNCTION returns (or raises), run by this very thread; while it waits in `until`, others get their turn."""
    visit = _Visit(lambda: function(*args, **kwargs))
    visit.gr_context = contextvars.copy_context()
    asked = visit.switch()
    while not visit.dead:
        try:
            found = await asked
        except Exception as error:
            asked = visit.throw(error)
        else:
            asked = visit.switch(found)
    return cast(T, asked)


def is_at_the_door() -> bool:
    """Whether this function must neither wait nor touch the database itself."""
    return isinstance(getcurrent(), _Visit)


def until(awaited: Awaitable[T]) -> T:
    """Lay the function at the door aside until there is a result. Raises what AWAITED raises."""
    door: Any = getcurrent().parent
    return cast(T, door.switch(awaited))


def have_done(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What FUNCTION returns (or raises): done by the crew when this function is at the door, else here."""
    if not is_at_the_door():
        return function(*args, **kwargs)

    def done() -> T:
        close_old_connections()
        try:
            return function(*args, **kwargs)
        finally:
            close_old_connections()

    return until(asyncio.get_running_loop().run_in_executor(pool(), done))


_under_way: dict[tuple[int, Hashable], "asyncio.Future[Any]"] = {}


def have_done_once(what: Hashable, function: Callable[[], T]) -> T:
    """Like `have_done`; who asks for the same WHAT while it is being done waits for that and gets the same result."""
    if not is_at_the_door():
        return function()
    loop = asyncio.get_running_loop()
    place = (id(loop), what)
    found = _under_way.get(place)
    if found is None:
        found = _under_way[place] = loop.create_task(at_the_door(have_done, function))
        found.add_done_callback(lambda _done: _under_way.pop(place, None))
    # Somebody who goes away doesn't take the answer of the others along.
    return cast(T, until(asyncio.shield(found)))
