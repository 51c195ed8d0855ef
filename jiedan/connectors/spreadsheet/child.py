"""Read a workbook in a process of its own, which alone dies when a file unpacks to more than it may.

Run by path, with nothing of ours imported. Arguments: "look", or "rows SHEET FIRST KEY": the rows of a sheet from
index FIRST on, where column KEY holds the order's number (-1: none). The file comes on stdin; answers are lines of JSON.
"""

import math
import resource
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO
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

MEMORY, SECONDS = 1 << 30, 60
SHEETS, HEAD, BATCH = 10, 60, 500
ROWS, COLUMNS = 200_000, 300
Row = list[Any]


def main(arguments: Sequence[str]) -> None:
    """Answer on stdout."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(sys.stdin.buffer.read()))
        if arguments[0] == "look":
            _say({"sheets": [_head(book, index) for index in _visible(book)]})
        else:
            _rows(book.get_sheet_by_index(int(arguments[1])), int(arguments[2]), int(arguments[3]))
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
    head = [row for row, _given in zip(_filled(sheet), range(HEAD), strict=False)] if _fits(sheet) else []
    return {"index": index, "rows": sheet.total_height, "columns": sheet.total_width, "head": head}


def _fits(sheet: CalamineSheet) -> bool:
    return sheet.total_height <= ROWS and sheet.total_width <= COLUMNS


def _rows(sheet: CalamineSheet, first: int, key: int) -> None:
    """The column of numbers first: then whoever reads knows when an order is complete."""
    keys = [row[key] if key < len(row) else "" for row in _filled(sheet)][first:] if key >= 0 else []
    _say(keys)
    batch: list[Row] = []
    for index, row in enumerate(_filled(sheet)):
        if index >= first:
            batch.append(row)
        if len(batch) == BATCH:
            _say(batch)
            batch = []
    _say(batch)


def _filled(sheet: CalamineSheet) -> Iterator[Row]:
    """The rows from the sheet's very first on; every cell of a merged range has its value."""
    starts, holding = _merged(sheet), dict[tuple[int, int], Any]()
    for number, row in enumerate(_from_the_top(sheet)):
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
        yield [""] * left + [_plain(cell) for cell in row]


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
    sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
