"""Which windows of time to ask for, and in which order to read their pages so that nothing is missed.

A window is at most 24 hours. Each run begins well before the last one's end, because orders appear late in the
platform's search; what was seen before is recognised. The last minutes are left to the next run. Rows move to
earlier pages while one reads, so pages are read from the last to the first.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

LONGEST = timedelta(hours=24)
OVERLAP = timedelta(hours=48)
LAG = timedelta(minutes=1)
SIZE = 50
RE_READ = 5

Window = tuple[datetime, datetime]
Search = Callable[[int, int], tuple[int, list[Any]]]
"""(page, size) → (how many there are, the rows of that page)"""


@dataclass(frozen=True, slots=True)
class Poll:
    """One question that is asked again and again: orders of this status, by this moment."""

    name: str
    status: int
    date_type: int


def windows(mark: datetime | None, now: datetime, first_look: timedelta = OVERLAP) -> tuple[list[Window], datetime]:
    """The windows to ask for, oldest first, and the high-water mark to store once all of them are stored.

    MARK is the last one stored; without it (a new shop) the run begins FIRST_LOOK ago.
    """
    until = now - LAG
    start = (mark - OVERLAP) if mark else (until - first_look)
    found: list[Window] = []
    while start < until:
        end = min(start + LONGEST, until)
        found.append((start, end))
        start = end
    return found, until


def read_pages(search: Search, size: int = SIZE) -> Iterator[list[Any]]:
    """Every page of one window, last page first; read again while the number of rows grows."""
    total, first = search(1, size)
    if total <= size:
        yield first
        return
    for _ in range(RE_READ):
        pages = -(-total // size)
        counted = total
        for page in range(pages, 0, -1):
            counted, rows = search(page, size)
            yield rows
        if counted <= total:
            return
        total = counted
