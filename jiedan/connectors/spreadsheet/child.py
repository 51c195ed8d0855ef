"""Read a workbook in a process of its own, which alone dies when a file unpacks to more than it may.

Run by path, with nothing of ours imported. Arguments: "look", or "rows SHEET FIRST KEY": the rows of a sheet from
index FIRST on, where column KEY holds the order's number (-1: none). The file comes on stdin; answers are lines of JSON.
"""

import math
import re
import resource
import sys
import zipfile
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

MEMORY, SECONDS = 1 << 30, 60
SHEETS, HEAD, BATCH = 10, 60, 500
ROWS, COLUMNS = 200_000, 300
Row = list[Any]
_ERROR = re.compile(
    rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]{0,100}t="e"[^>]{0,100}>(?:<f[^>]{0,200}/>|<f[^<]{0,8500}</f>)?<v>([^<]{1,20})</v>'
)
_SHEET = re.compile(rb'<sheet [^>]*r:id="([^"]+)"')
_LINK = re.compile(rb"<Relationship [^>]*>")
_PART = re.compile(rb'(Id|Target)="([^"]*)"')


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
    failed: dict[int, dict[int, str]] = field(default_factory=dict)


def failed(content: bytes, index: int) -> dict[int, dict[int, str]]:
    """The error values of an .xlsx sheet, e.g. {1: {7: "#REF!"}}; nothing of other forms."""
    if not content.startswith(b"PK"):
        return {}
    found: dict[int, dict[int, str]] = {}
    with zipfile.ZipFile(BytesIO(content)) as archive:
        path = _path_of(archive, index)
        if path is None:
            return {}
        with archive.open(path) as body:
            rest = b""
            while block := body.read(1 << 20):
                block = rest + block
                if b't="e"' in block:
                    for letters, number, text in _ERROR.findall(block):
                        found.setdefault(int(number) - 1, {})[_column(letters)] = text.decode()
                rest = block[-(16 << 10) :]
    return found


def _path_of(archive: zipfile.ZipFile, index: int) -> str | None:
    names = archive.namelist()
    if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
        return None
    sheets = _SHEET.findall(archive.read("xl/workbook.xml"))
    targets = {}
    for link in _LINK.findall(archive.read("xl/_rels/workbook.xml.rels")):
        parts = dict(_PART.findall(link))
        targets[parts.get(b"Id")] = parts.get(b"Target", b"").decode()
    target = targets.get(sheets[index], "") if index < len(sheets) else ""
    path = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    return path if path in names else None


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _rows(sheet: _Sheet, first: int, key: int) -> None:
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


def _filled(sheet: _Sheet) -> Iterator[Row]:
    """The rows from the sheet's very first on; every cell of a merged range has its value."""
    starts, holding = _merged(sheet.cells), dict[tuple[int, int], Any]()
    for number, row in enumerate(_from_the_top(sheet.cells)):
        for column, text in sheet.failed.get(number, {}).items():
            if column < len(row):
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
