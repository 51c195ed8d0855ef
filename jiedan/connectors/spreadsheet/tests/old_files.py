"""Workbooks as older programs write them, made byte by byte: .xls ([MS-XLS] in [MS-CFB]) and .ods (OpenDocument)."""

import struct
import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO

from jiedan.connectors.spreadsheet.tests.files import HEADERS

END, FREE, TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
CODES = {"#DIV/0!": 0x07, "#REF!": 0x17, "#N/A": 0x2A}
Cells = Mapping[tuple[int, int], str | float]
"""By row and column from 0; errors as they show themselves."""


def cells(*rows: Sequence[str | float]) -> dict[tuple[int, int], str | float]:
    """The usual headers with these rows below."""
    lines: list[Sequence[str | float]] = [HEADERS, *rows]
    return {(line, column): value for line, row in enumerate(lines) for column, value in enumerate(row)}


# .xls --------------------------------------------------------------------------------------------------------------


def xls(found: Cells, small: bool = False) -> bytes:
    """A workbook with a first sheet that is empty and a second with these cells; SMALL keeps it in the short sectors."""
    names = [_bound(0, "empty"), _bound(0, "orders")]
    beginning = len(_record(0x0809, _bof(5))) + sum(map(len, names)) + 4
    empty, filled = _part([]), _part([_cell(place, value) for place, value in sorted(found.items())])
    names = [_bound(beginning, "empty"), _bound(beginning + len(empty), "orders")]
    stream = _record(0x0809, _bof(5)) + b"".join(names) + _record(0x000A, b"") + empty + filled
    return _container(stream if small else stream.ljust(4096, b"\0"), small)


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _bof(kind: int) -> bytes:
    return struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6)


def _bound(place: int, name: str) -> bytes:
    return _record(0x0085, struct.pack("<IBBBB", place, 0, 0, len(name), 0) + name.encode())


def _part(records: list[bytes]) -> bytes:
    # A chart stands inside the sheet as a part of its own.
    chart = _record(0x0809, _bof(0x20)) + _record(0x0205, struct.pack("<HHHBB", 9, 9, 0, 7, 1)) + _record(0x000A, b"")
    return _record(0x0809, _bof(0x10)) + chart + b"".join(records) + _record(0x000A, b"")


def _cell(place: tuple[int, int], value: str | float) -> bytes:
    where = struct.pack("<HHH", *place, 0)
    if isinstance(value, float | int):
        return _record(0x0203, where + struct.pack("<d", value))
    if value == "#REF!":
        result = struct.pack("<BBBBHH", 2, 0, CODES[value], 0, 0, 0xFFFF)
        return _record(0x0006, where + result + struct.pack("<HIH", 0, 0, 0))
    if value in CODES:
        return _record(0x0205, where + bytes((CODES[value], 1)))
    return _record(0x0204, where + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))


def _container(stream: bytes, small: bool) -> bytes:
    width = 64 if small else 512
    count = -(-len(stream) // width)
    body = stream.ljust(count * width, b"\0")
    chain = [*range(1, count), END]
    if small:
        # Sector 0: the table, 1: the folder, 2 and 3: the short sectors' table, then the short sectors themselves.
        short = struct.pack(f"<{len(chain)}I", *chain).ljust(1024, b"\xff")
        body = body.ljust(-(-len(body) // 512) * 512, b"\0")
        sectors = len(body) // 512
        table = [TABLE, END, 3, END, *range(5, 4 + sectors), END]
        return _header(2) + _fat(table) + _folder(4, len(body), 0, len(stream)) + short + body
    table = [TABLE, END, *(number + 2 for number in chain[:-1]), END]
    return _header(END) + _fat(table) + _folder(END, 0, 2, len(stream)) + body


def _header(short: int) -> bytes:
    head = struct.pack("<8s16s5H6x", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6)
    rest = (0, 1, 1, 0, 4096, short, 0 if short == END else 2, END, 0)
    return head + struct.pack("<9I", *rest) + struct.pack("<109I", 0, *[FREE] * 108)


def _fat(table: list[int]) -> bytes:
    return struct.pack("<128I", *table, *[FREE] * (128 - len(table)))


def _folder(short: int, short_size: int, start: int, size: int) -> bytes:
    entries = (
        ("Root Entry", 5, 1, short, short_size),
        ("Workbook", 2, FREE, start, size),
        ("", 0, FREE, 0, 0),
        ("", 0, FREE, 0, 0),
    )
    return b"".join(
        struct.pack(
            "<64sHBB3I16sI8s8sIQ", name.encode("utf-16-le"), 2 * len(name) + 2 if name else 0, kind, 1, FREE, FREE, child,
            b"", 0, b"", b"", place, length,
        )
        for name, kind, child, place, length in entries
    )  # fmt: skip


# .ods --------------------------------------------------------------------------------------------------------------

_SPACES = " ".join(
    f'xmlns:{short}="{name}"'
    for short, name in (
        ("office", "urn:oasis:names:tc:opendocument:xmlns:office:1.0"),
        ("table", "urn:oasis:names:tc:opendocument:xmlns:table:1.0"),
        ("text", "urn:oasis:names:tc:opendocument:xmlns:text:1.0"),
        ("calcext", "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"),
    )
)


def ods(*rows: str) -> bytes:
    """A document with an empty table and a second of the usual headers with these rows (as XML) below."""
    headers = "".join(text(name) for name in HEADERS)
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_SPACES}><office:body><office:spreadsheet>'
        f'<table:table table:name="empty"/><table:table table:name="orders"><table:table-row>{headers}</table:table-row>'
        f"{''.join(rows)}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", body)
        archive.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    return out.getvalue()


def line(*found: str, times: int = 1) -> str:
    """A row of cells."""
    repeated = f' table:number-rows-repeated="{times}"' if times > 1 else ""
    return f"<table:table-row{repeated}>{''.join(found)}</table:table-row>"


def text(value: str) -> str:
    """A cell with text."""
    return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'


def gap(times: int) -> str:
    """Cells without anything."""
    return f'<table:table-cell table:number-columns-repeated="{times}"/>'


def failure(shown: str, marked: bool = True) -> str:
    """A formula that failed; newer programs mark it, older ones keep a number and show the failure."""
    kind = 'office:value-type="string" office:string-value="" calcext:value-type="error"'
    kind = kind if marked else 'office:value-type="float" office:value="0"'
    return f'<table:table-cell table:formula="of:=[.A1]/0" {kind}><text:p>{shown}</text:p></table:table-cell>'
