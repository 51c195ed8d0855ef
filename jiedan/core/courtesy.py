"""Pages go first: who works for many at once stands aside while somebody's page is being made (performance, P5).

One interpreter makes pages and stores pushes, and whoever runs shares it with all who want to. Nobody sees whether a
push is answered a tenth of a second later; somebody sits before the page. How long is waited is limited on both sides,
so that neither many pages nor a long one stop anything.
"""

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")

LONG = 0.2
"""Seconds in which a page goes first; one that takes longer isn't waited for with the finger on the key."""
ASIDE = 0.2
"""Seconds that a batch of work stands aside, at most, however many pages are made."""

_pages: set[object] = set()
_none = threading.Event()
_none.set()
_end = 0.0
"""When the newest page stops going first."""
_lock = threading.Lock()


class _Own(threading.local):
    """What this thread has: seconds left to stand aside, and the page that it makes."""

    allowance = 0.0
    page: object = None


_own = _Own()


@contextmanager
def page() -> Iterator[None]:
    """This thread makes a page that somebody waits for."""
    global _end
    _own.page = token = object()
    with _lock:
        _pages.add(token)
        _end = time.monotonic() + LONG
        _none.clear()
    try:
        yield
    finally:
        _gone(token)
        _own.page = None


def _gone(token: object) -> None:
    with _lock:
        _pages.discard(token)
        if not _pages:
            _none.set()


@contextmanager
def standing_aside(*, throughout: bool = True) -> Iterator[None]:
    """This thread works for many: it stands aside now and in `give_way`, ASIDE seconds altogether at most.

    Not THROUGHOUT means only now: what follows holds something that a page may be waiting for.
    """
    # What was a page's request until now is work for many, and doesn't wait for itself.
    _gone(_own.page)
    _own.allowance = ASIDE
    give_way()
    if not throughout:
        _own.allowance = 0.0
    try:
        yield
    finally:
        _own.allowance = 0.0


def give_way() -> None:
    """Wait while pages are being made, if this thread stands aside."""
    if not _pages or _own.allowance <= 0:
        return
    began = time.monotonic()
    if _end > began:
        _none.wait(min(_own.allowance, _end - began))
        _own.allowance -= time.monotonic() - began


def each(of: Iterable[T]) -> Iterator[T]:
    """Each of them, giving way before it."""
    for one in of:
        give_way()
        yield one
