"""Read a workbook in a process of its own, which alone dies when a file unpacks to more than it may.

Run by path, with nothing of ours imported but failing.py. Arguments: "look", or "rows SHEET FIRST KEY": the rows of a sheet from
index FIRST on, where column KEY holds the order's number (-1: none). The file comes on stdin; answers are lines of JSON.
"""

import math
import resource
import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from io import BytesIO
from itertools import islice
from typing import Any

import orjson
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from jiedan.connectors.spreadsheet.failing import Failed, failed

MEMORY, SECONDS = 1 << 30, 60
SHEETS, HEAD, BATCH = 10, 60, 500
ROWS, COLUMNS = 200_000, 300
Row = list[Any]


def main(arguments: Sequence[str]) -> None:
    """Answer on stdout."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        content = sys.stdin.buffer.read()
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        if arguments[0] == "look":
            _say({"sheets": [_head(book, index) for index in _visible(book)]})
        else:
            index, first, key = map(int, arguments[1:])
            _rows(_Sheet(book.get_sheet_by_index(index), failed(content, index)), first, key)
    except PasswordError:
        _say({"wrong": "password"})
    except CalamineError:
        _say({"wrong": "broken"})


def _visible(book: CalamineWorkbook) -> list[int]:
    found = [
        index
        for index, sheet in enumerate(book.sheets_metadata)
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
    ]
    return found[:SHEETS]


def _head(book: CalamineWorkbook, index: int) -> dict[str, Any]:
    sheet = book.get_sheet_by_index(index)
    rows, columns = (last + 1 for last in sheet.end or (-1, -1))
    fits = rows <= ROWS and columns <= COLUMNS
    head = list(islice(_filled(_Sheet(sheet)), HEAD)) if fits else []
    return {"index": index, "rows": rows, "columns": columns, "head": head}


@dataclass(frozen=True)
class _Sheet:
    """A sheet, and the cells whose formula failed, by row and column: the library leaves them empty."""

    cells: CalamineSheet
    failed: Failed = field(default_factory=dict)


def _rows(sheet: _Sheet, first: int, key: int) -> None:
    """The column of numbers first: then whoever reads knows when an order is complete. The rows wait packed."""
    keys: list[Any] = []
    packed: list[bytes] = []
    rows = islice(_filled(sheet), first, None)
    while batch := list(islice(rows, BATCH)):
        if key >= 0:
            keys += [row[key] if key < len(row) else "" for row in batch]
        packed.append(zlib.compress(orjson.dumps(batch), 1))
    # The sheet's memory goes back before whoever reads needs some for the orders.
    del sheet, rows
    _say(keys)
    for block in packed:
        _write(zlib.decompress(block))


def _filled(sheet: _Sheet) -> Iterator[Row]:
    """The rows from the sheet's very first on; every cell of a merged range has its value."""
    starts, holding = _merged(sheet.cells), dict[tuple[int, int], Any]()
    for number, row in enumerate(_from_the_top(sheet.cells)):
        for column, text in sheet.failed.get(number, {}).items():
            row += [""] * (column + 1 - len(row))
            row[column] = text
        for column, (height, width) in starts.get(number, {}).items():
            value = row[column] if column < len(row) else ""
            holding |= {(number + down, column + right): value for down in range(height) for right in range(width)}
        if holding:
            for column in range(len(row)):
                row[column] = holding.pop((number, column), row[column])
        yield row


def _from_the_top(sheet: CalamineSheet) -> Iterable[Row]:
    # The rows and columns before the first cell with something in it are left out by the library.
    top, left = sheet.start or (0, 0)
    for _ in range(top):
        yield []
    for row in sheet.iter_rows():
        cells = [cell if type(cell) is str else _plain(cell) for cell in row]
        yield [""] * left + cells if left else cells


def _merged(sheet: CalamineSheet) -> dict[int, dict[int, tuple[int, int]]]:
    """Height and width of the merged ranges by their first row and column."""
    found: dict[int, dict[int, tuple[int, int]]] = {}
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        # A range over the whole sheet is a frame, no value of thousands of rows.
        if bottom - top < BATCH and right - left < COLUMNS:
            found.setdefault(top, {})[left] = (bottom - top + 1, right - left + 1)
    return found


def _plain(cell: Any) -> Any:
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() and abs(cell) < 1e18 else cell if math.isfinite(cell) else ""
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return str(cell) if isinstance(cell, timedelta) else cell


def _say(answer: Any) -> None:
    _write(orjson.dumps(answer))


def _write(line: bytes) -> None:
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
