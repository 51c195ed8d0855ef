"""Which windows of time to ask for: at most 24 hours each, begun well before the last run's end.

Orders appear late in the platform's search, so each run goes over the last two days again and drops what it knows;
the last minute is left to the next run. Neighbouring windows share a second, so that nothing falls between them
whichever ends the platform counts in.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST = timedelta(hours=24)
OVERLAP = timedelta(hours=48)
LAG = timedelta(minutes=1)
SHARED = timedelta(seconds=1)

Window = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Poll:
    """One question that is asked again and again: orders of this status, by this moment."""

    name: str
    status: int
    date_type: int


def windows(mark: datetime | None, now: datetime, first_look: timedelta = OVERLAP) -> tuple[list[Window], datetime]:
    """The windows to ask for, oldest first, and the high-water mark to store once all of them are stored.

    MARK is the last one stored; without it (a new shop) the run begins FIRST_LOOK ago. A mark ahead of the clock
    (which was set back) is taken as now. Whole seconds, as the platform counts.
    """
    until = (now - LAG).replace(microsecond=0)
    start = (min(mark, until) - OVERLAP if mark else until - first_look).replace(microsecond=0)
    found: list[Window] = []
    while start < until:
        end = min(start + LONGEST, until)
        found.append((start, end))
        start = end - SHARED if end < until else until
    return found, until


def halves(window: Window) -> tuple[Window, Window] | None:
    """The two halves of a window, which share a second; None when it is too short to be split."""
    start, end = window
    if end - start < 4 * SHARED:
        return None
    middle = (start + (end - start) / 2).replace(microsecond=0)
    return (start, middle), (middle - SHARED, end)
