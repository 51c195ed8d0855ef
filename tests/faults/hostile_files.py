"""Files that are almost lists of orders: tables with one wrong cell, and workbooks cut, bent and packed wrongly.

Deterministic, like `hostile.py`. Each is a name that says what was done, the file's name, and its bytes.
"""

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping

import xlsxwriter

from tests.faults import hostile

BadFile = tuple[str, str, bytes]
HEADERS = ("订单编号", "下单时间", "收货人", "手机号", "商品名称", "分类", "数量", "金额", "实付金额")
ROW = ("T-1", "2026-09-18 10:02:00", "欧阳青", "13812345678", "北欧落地灯", "家居/灯具", "2", "398.00", "398.00")
NAMES = (
    "a.xlsx",
    "a.XLSX",
    "a.xls",
    "a.ods",
    "a.csv",
    "a.txt",
    "a.tsv",
    "a",
    ".csv",
    "a.pdf",
    "a.csv.exe",
    "../../a.csv",
)
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-32", "hz", "utf-7")
ODS = b"application/vnd.oasis.opendocument.spreadsheet"


def files() -> Iterator[BadFile]:
    """Without end: every kind of file in turn, so that each part of them is a mixture of all."""
    yield from odd()
    kinds = [
        tables(),
        *(_broken(name, data) for name, data in (("a.csv", table()), ("a.xlsx", book()), ("a.ods", ods()))),
    ]
    while True:
        for kind in kinds:
            yield next(kind)


def odd() -> Iterator[BadFile]:
    """Empty ones, right ones under wrong names, every encoding, packed wrongly."""
    for name in NAMES:
        for label, data in (
            ("nothing", b""),
            ("a table", table()),
            ("a book", book()),
            ("an archive", packed({"a": b"a"})),
        ):
            yield f"{label} called {name}", name, data
    for encoding in ENCODINGS:
        yield f"a table in {encoding}", "a.csv", table().decode().encode(encoding)
    for number, data in enumerate(hostile.NOT_JSON):
        yield f"no table {number}", NAMES[number % 7], data
    for label, data in badly_packed():
        yield label, "a.ods" if ODS in data else "a.xlsx", data


def tables() -> Iterator[BadFile]:
    """Each cell and header in turn with each of the values that hurt; from the beginning when all were."""
    while True:
        for number, value in enumerate(hostile.VALUES):
            for column in range(len(HEADERS)):
                text = _meant(value)
                yield f"cell {column} = value {number}", "a.csv", table(row=(*ROW[:column], text, *ROW[column + 1 :]))
                yield (
                    f"header {column} = value {number}",
                    "a.csv",
                    table((*HEADERS[:column], text, *HEADERS[column + 1 :])),
                )


def badly_packed() -> Iterator[tuple[str, bytes]]:
    """Archives that lie about what is in them."""
    good = book()
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name in parts:
        yield f"{name} is missing", packed({key: data for key, data in parts.items() if key != name})
        yield f"{name} is empty", packed(parts | {name: b""})
        yield f"{name} isn't XML", packed(parts | {name: b"\x00<" * 50})
        yield f"{name} is packed wrongly", bent(packed(parts), name.encode())
    entity = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
    )
    yield "a billion laughs", packed(parts | {"xl/sharedStrings.xml": entity + b"]><sst><si><t>&j;</t></si></sst>"})
    yield "a bomb", packed(parts | {"xl/worksheets/sheet1.xml": bytes(30 << 20)})
    yield "many entries", packed(parts | {f"x{number}": b"" for number in range(3000)})
    yield "a bent kind", bent(packed({"mimetype": ODS}, zipfile.ZIP_DEFLATED), b"mimetype")
    for method in (1, 9, 12, 14, 93, 99):
        yield f"a kind packed by method {method}", methods(packed({"mimetype": ODS}), method)


def table(headers: tuple[str, ...] = HEADERS, row: tuple[str, ...] = ROW) -> bytes:
    """A list of one order as text."""
    return "\r\n".join(",".join(line) for line in (headers, row)).encode("utf-8", "surrogatepass")


def book() -> bytes:
    """The same as .xlsx."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, HEADERS)
        sheet.write_row(1, 0, ROW)
    return out.getvalue()


def ods() -> bytes:
    """The same as .ods."""
    lines = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in line
        )
        + "</table:table-row>"
        for line in (HEADERS, ROW)
    )
    space = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{space}:office:1.0" xmlns:table="{space}:table:1.0" '
        f'xmlns:text="{space}:text:1.0"><office:body><office:spreadsheet><table:table table:name="a">{lines}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    return packed({"mimetype": ODS, "content.xml": content.encode()})


def packed(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP archive of these."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def bent(archive: bytes, name: bytes) -> bytes:
    """The archive with the packed bytes of one entry made to nonsense."""
    data = bytearray(archive)
    start = archive.index(name) + len(name)
    data[start : start + 4] = b"\xff\xff\xff\xff"
    return bytes(data)


def methods(archive: bytes, method: int) -> bytes:
    """The archive, saying that its entries were packed by METHOD."""
    data = bytearray(archive)
    struct.pack_into("<H", data, archive.index(b"PK\x03\x04") + 8, method)
    struct.pack_into("<H", data, archive.index(b"PK\x01\x02") + 10, method)
    return bytes(data)


def _broken(name: str, data: bytes) -> Iterator[BadFile]:
    seed = zlib.crc32(name.encode())
    while True:
        for what, found in hostile.broken(data, seed, 500):
            yield f"{name} {what}", name, found
        seed += 1


def _meant(value: str) -> str:
    """What the JSON text means, as it would stand in a cell; itself when it is none."""
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return value
    return found if isinstance(found, str) else value
