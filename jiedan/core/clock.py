"""The only place that reads a clock; everything else has the time passed in."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_set: ContextVar[datetime | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """The present moment in UTC, or the moment that `at` has set."""
    return _set.get() or datetime.now(UTC)


def is_set() -> bool:
    """Whether `at` governs the time: then the database's own clock must not be asked."""
    return _set.get() is not None


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let it be MOMENT (aware) inside the block: for tests and for playing the demo company's past."""
    if moment.tzinfo is None:
        raise ValueError(f"clock.at: {moment!r} has no time zone; pass an aware datetime")
    token = _set.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _set.reset(token)
