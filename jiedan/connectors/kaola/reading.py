"""Reading one window of the platform's search, so that nothing is missed while its rows move.

A window that fits into one answer is read at one moment. A longer one is read from the last page to the first: rows
that leave the list move the others towards the front, where they are still met. Rows may also be added or change
places meanwhile; that shows (another total, a row met twice or not at all, another first page), and then the window
is read again in halves until each fits into one answer. The one thing that can't be seen, a row added in the same
moment in which another one leaves, is met by the next run, which goes over the same two days again.
"""

from collections.abc import Callable, Generator, Iterator
from typing import Any

from jiedan.connectors.kaola import protocol
from jiedan.connectors.kaola.problems import KaolaRestless
from jiedan.connectors.kaola.windows import Window, halves

SIZE = 50
TRIES = 5

Search = Callable[[Window, int, int], tuple[int, list[Any]]]
"""(window, page, size) → how many rows the window holds, and those of that page."""


def read_window(search: Search, window: Window, key: str, size: int = SIZE) -> Iterator[list[Any]]:
    """Every page of WINDOW; a row may come more than once. KEY names the field that tells rows apart.

    Raises KaolaRestless, after the pages it could get, and whatever SEARCH raises.
    """
    total, first = search(window, 1, size)
    if total <= size:
        yield first
        return
    if (yield from _calmly(search, window, key, size, total, first)):
        return
    parts = halves(window)
    for part in parts or ():
        yield from read_window(search, part, key, size)
    if parts is None:
        yield from _again(search, window, key, size)


def _calmly(
    search: Search, window: Window, key: str, size: int, total: int, first: list[Any]
) -> Generator[list[Any], None, bool]:
    calm = True
    met: list[object] = []
    rows = first
    for page in range(-(-total // size), 0, -1):
        counted, rows = search(window, page, size)
        yield rows
        calm = calm and counted == total
        met += [_identity(row, key) for row in rows]
    same_front = [_identity(row, key) for row in rows] == [_identity(row, key) for row in first]
    return calm and same_front and len(set(met)) == len(met) == total


def _again(search: Search, window: Window, key: str, size: int) -> Iterator[list[Any]]:
    for _ in range(TRIES):
        total, first = search(window, 1, size)
        if (yield from _calmly(search, window, key, size, total, first)):
            return
    second = protocol.stamp(window[0])
    raise KaolaRestless(
        f"{second}：平台的列表在读取时不断变动；本次不更新进度，稍后重新读取",
        f"{second}: the platform's list doesn't stand still while it is read; the mark stays, it is read again later",
    )


def _identity(row: object, key: str) -> object:
    # A row without its number is set aside later; here it only counts as one of its own.
    found = row.get(key) if isinstance(row, dict) else None
    return str(found) if found not in (None, "", "null") else id(row)
