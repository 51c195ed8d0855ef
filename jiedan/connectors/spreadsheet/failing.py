"""Cells whose formula failed (#REF!, #DIV/0!, …): the library leaves them empty, so they are found in the file itself.

By row and column from 0, e.g. {1: {7: "#REF!"}}. Part of the child that reads workbooks: nothing of ours is imported.
Sources: ECMA-376 part 1, 18.3.1.4 (.xlsx); OpenDocument 1.3 part 3, 9.1 (.ods); [MS-XLS] 2.4.24, 2.4.127 and
[MS-CFB] (.xls).
"""

import re
import struct
import zipfile
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from typing import IO
from xml.parsers import expat

Failed = dict[int, dict[int, str]]

BLOCK, REST = 1 << 20, 16 << 10
_ERROR = re.compile(
    rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]{0,100}t="e"[^>]{0,100}>(?:<f[^>]{0,200}/>|<f[^<]{0,8500}</f>)?<v>([^<]{1,20})</v>'
)
_SHEET = re.compile(rb'<sheet [^>]*r:id="([^"]+)"')
_LINK = re.compile(rb"<Relationship [^>]*>")
_PART = re.compile(rb'(Id|Target)="([^"]*)"')
_SHOWN = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!)|(?:Err|错误)[:：]\d{3}")
_MARK = re.compile(
    rb'value-type="error"|>(?:#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!)|(?:Err|\xe9\x94\x99\xe8\xaf\xaf)(?::|\xef\xbc\x9a)\d{3})<'
)
"""What an error looks like in an OpenDocument table; only then is it read as XML, which takes its time."""


def failed(content: bytes, index: int) -> Failed:
    """The error values of the sheet with this index."""
    if not content.startswith(b"PK"):
        return _in_records(content, index)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        if "content.xml" in archive.namelist():
            return _in_open_document(archive, index)
        return _in_office_xml(archive, index)


# .xlsx -------------------------------------------------------------------------------------------------------------


def _in_office_xml(archive: zipfile.ZipFile, index: int) -> Failed:
    found: Failed = {}
    path = _path_of(archive, index)
    if path is None:
        return {}
    with archive.open(path) as body:
        for block in _overlapping(body):
            if b't="e"' in block:
                for letters, number, text in _ERROR.findall(block):
                    found.setdefault(int(number) - 1, {})[_column(letters)] = text.decode()
    return found


def _overlapping(body: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while block := body.read(BLOCK):
        yield rest + block
        rest = (rest + block)[-REST:]


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


# .ods --------------------------------------------------------------------------------------------------------------


def _in_open_document(archive: zipfile.ZipFile, index: int) -> Failed:
    with archive.open("content.xml") as body:
        if not any(_MARK.search(block) for block in _overlapping(body)):
            return {}
    reader = _Tables(index)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.begin, reader.end
    parser.CharacterDataHandler = reader.text
    with archive.open("content.xml") as body:
        parser.ParseFile(body)
    return reader.found


class _Tables:
    """Counts tables, rows and columns as they go by; a row or cell may stand for several."""

    def __init__(self, index: int) -> None:
        self.found: Failed = {}
        self._wanted, self._tables, self._depth = index, -1, 0
        self._row = self._column = self._repeated = 0
        self._cell: dict[str, str] | None = None
        self._said = ""

    def begin(self, name: str, given: dict[str, str]) -> None:
        """An element begins."""
        if name == "table:table":
            self._depth += 1
            if self._depth == 1:
                self._tables, self._row = self._tables + 1, 0
        elif self._depth != 1 or self._tables != self._wanted:
            return
        elif name == "table:table-row":
            self._column, self._repeated = 0, _times(given, "table:number-rows-repeated")
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self._cell, self._said = given, ""

    def text(self, data: str) -> None:
        """Characters inside an element."""
        if self._cell is not None and self._depth == 1 and len(self._said) < 40:
            self._said += data

    def end(self, name: str) -> None:
        """An element ends."""
        if name == "table:table":
            self._depth -= 1
        elif self._depth != 1 or self._tables != self._wanted:
            return
        elif name == "table:table-row":
            self._row += self._repeated
        elif self._cell is not None and name in ("table:table-cell", "table:covered-table-cell"):
            self._put_down(self._cell)
            self._column += _times(self._cell, "table:number-columns-repeated")
            self._cell = None

    def _put_down(self, cell: dict[str, str]) -> None:
        said = self._said.strip()
        is_error = "error" in (cell.get("calcext:value-type"), cell.get("office:value-type"))
        if not is_error and not ("table:formula" in cell and _SHOWN.fullmatch(said)):
            return
        columns = range(self._column, self._column + min(_times(cell, "table:number-columns-repeated"), 300))
        for row in islice(range(self._row, self._row + self._repeated), 1000):
            self.found.setdefault(row, {}).update(dict.fromkeys(columns, said or "#N/A"))


def _times(given: dict[str, str], name: str) -> int:
    said = given.get(name, "1")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 9 else 1


# .xls --------------------------------------------------------------------------------------------------------------

_FORMULA, _BOOLERR, _BOUNDSHEET, _BOF, _EOF = (
    {0x0006, 0x0206, 0x0406},
    0x0205,
    0x0085,
    {0x0009, 0x0209, 0x0409, 0x0809},
    0x000A,
)
_CODES = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
_LAST = 0xFFFFFFFA
"""Sector numbers from here on mean an end, free space or a table."""


def _in_records(content: bytes, index: int) -> Failed:
    stream = _workbook_of(content)
    starts = [struct.unpack_from("<I", data)[0] for kind, data in _records(stream, 0) if kind == _BOUNDSHEET]
    found: Failed = {}
    if index >= len(starts):
        return found
    for kind, data in _records(stream, starts[index]):
        code = _code_of(kind, data)
        if code is not None:
            row, column = struct.unpack_from("<HH", data)
            found.setdefault(row, {})[column] = _CODES.get(code, "#N/A")
    return found


def _code_of(kind: int, data: bytes) -> int | None:
    if kind in _FORMULA and len(data) >= 14 and data[12:14] == b"\xff\xff" and data[6] == 2:
        return data[8]
    if kind == _BOOLERR and len(data) >= 8 and data[7]:
        return data[6]
    return None


def _records(stream: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    """The records of one part of the stream; charts inside it are parts of their own and are passed over."""
    depth = 0
    while place + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, place)
        data = stream[place + 4 : place + 4 + size]
        place += 4 + size
        depth += (kind in _BOF) - (kind == _EOF)
        if depth <= 0:
            return
        if depth == 1:
            yield kind, data


def _workbook_of(content: bytes) -> bytes:
    """The stream with the records; empty when the container has none."""
    box = _Container(content)
    for name in ("Workbook", "Book"):
        if name in box.streams:
            return box.read(*box.streams[name])
    return b""


class _Container:
    """A compound file: a file system of sectors, in which small streams share one larger."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        shift, small_shift = struct.unpack_from("<HH", content, 30)
        first, _transaction, self._cutoff, small_first, _count, more, _more_count = struct.unpack_from(
            "<7I", content, 48
        )
        self._size, self._small_size = 1 << min(shift, 16), 1 << min(small_shift, 16)
        self._table = self._whole_table(more)
        self._small_table = self._numbers(self._chained(small_first))
        self._small = b""
        self.streams = self._named(self._chained(first))

    def read(self, start: int, size: int) -> bytes:
        """The bytes of a stream."""
        if size >= self._cutoff:
            return self._chained(start)[:size]
        places = islice(_chain(start, self._small_table), len(self._small_table))
        width = self._small_size
        return b"".join(self._small[place * width : (place + 1) * width] for place in places)[:size]

    def _whole_table(self, more: int) -> list[int]:
        sectors = list(struct.unpack_from("<109I", self._content, 76))
        for _ in range(len(self._content) // self._size):
            if more >= _LAST:
                break
            *listed, more = self._numbers(self._sector(more))
            sectors += listed
        return self._numbers(b"".join(self._sector(number) for number in sectors if number < _LAST))

    def _named(self, directory: bytes) -> dict[str, tuple[int, int]]:
        found = {}
        for place in range(0, len(directory) - 127, 128):
            entry = directory[place : place + 128]
            length, kind = struct.unpack_from("<HB", entry, 64)
            start, size = struct.unpack_from("<II", entry, 116)
            if kind == 5:
                self._small = self._chained(start)[:size]
            elif kind == 2:
                found[entry[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")] = (start, size)
        return found

    def _chained(self, start: int) -> bytes:
        return b"".join(map(self._sector, _chain(start, self._table)))

    def _sector(self, number: int) -> bytes:
        place = (number + 1) * self._size
        return self._content[place : place + self._size]

    def _numbers(self, data: bytes) -> list[int]:
        count = len(data) // 4
        return list(struct.unpack(f"<{count}I", data[: 4 * count]))


def _chain(start: int, table: list[int]) -> Iterator[int]:
    """The sectors of a stream; a chain that bites its own tail ends after as many as there are."""
    for _ in table:
        if start >= len(table):
            return
        yield start
        start = table[start]
