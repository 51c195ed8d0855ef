"""A flood of messages that nobody can verify is counted at the door and put down twice a second (clause 2.1.2).

Anybody can send them, and each used to take several statements of the crew that makes the pages. Once quarantine keeps
no more of a kind within the hour, or many have come in a few seconds, the door itself counts: what is answered and what
is told stay the same. Who kills the process loses the count of the last half second, of messages that were refused.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import NamedTuple

from django.db import Error, close_old_connections

from jiedan.connectors import crew

EVERY = 0.5
"""Seconds between two times that the counts are put down."""
KNOWN = 10.0
"""Seconds for which the door counts by itself before quarantine is asked again."""
MANY = 50
"""Messages of a kind within those seconds that make a flood, whatever they say."""


class Kind(NamedTuple):
    """What is counted together: a connection (None for none that we know), its platform, and why it is set aside."""

    account: int | None
    channel: str
    cause: str


PutDown = Callable[[Mapping[Kind, int]], None]

_until: dict[Kind, float] = {}
_came: dict[Kind, tuple[float, int]] = {}
"""Since when so many have come."""
_counts: Counter[Kind] = Counter()
_putting_down: "asyncio.Task[None] | None" = None


def goes_on(kind: Kind) -> None:
    """Quarantine keeps no more of this kind for now."""
    _until[kind] = time.monotonic() + KNOWN


def counted(kind: Kind, put_down: PutDown) -> bool:
    """Whether this message was counted, and nothing else has to be done; only at the door. PUT_DOWN is told of all."""
    global _putting_down
    if not crew.is_at_the_door() or not _is_flood(kind, time.monotonic()):
        return False
    _counts[kind] += 1
    loop = asyncio.get_running_loop()
    if _putting_down is None or _putting_down.done() or _putting_down.get_loop() is not loop:
        _putting_down = loop.create_task(_put_down_soon(put_down))
    return True


def _is_flood(kind: Kind, now: float) -> bool:
    since, count = _came.get(kind, (now, 0))
    _came[kind] = (since, count + 1) if now - since < KNOWN else (now, 1)
    return _until.get(kind, 0.0) >= now or _came[kind][1] > MANY


def forget() -> None:
    """Drop what was counted and not put down: between tests."""
    _until.clear()
    _came.clear()
    _counts.clear()


async def _put_down_soon(put_down: PutDown) -> None:
    await asyncio.sleep(EVERY)
    while _counts:
        found = dict(_counts)
        _counts.clear()
        try:
            await asyncio.get_running_loop().run_in_executor(crew.pool(), _in_crew, put_down, found)
        except Error:
            # They are put down with the next ones.
            _counts.update(found)
            return
        await asyncio.sleep(EVERY)


def _in_crew(put_down: PutDown, found: Mapping[Kind, int]) -> None:
    close_old_connections()
    try:
        put_down(found)
    finally:
        close_old_connections()
