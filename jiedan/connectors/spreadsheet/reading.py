"""A file as rows of cells, whatever its form: .xlsx, .xls, .ods or .csv (clause 2.1.2).

Workbooks are read by a process of its own (child.py) with limits on memory and time, because a small file can unpack
to anything. Formulas count by the value that stands in the file; nothing is ever computed.
"""

import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import orjson
from django.utils.translation import gettext as _

from jiedan.connectors.spreadsheet import text
from jiedan.connectors.spreadsheet.child import COLUMNS, HEAD, ROWS
from jiedan.connectors.spreadsheet.wrong import Unreadable

LARGEST = 20 << 20
"""Bytes of a file, at most."""
ENTRIES, EXPANDED, RATIO = 2000, 400 << 20, 200
"""Parts of a workbook, bytes that they unpack to, and how many times larger than the file that may be, at most."""
CHILD = Path(__file__).with_name("child.py")

Form = Literal["xlsx", "xls", "ods", "csv"]
Row = list[Any]
"""Cells: text, whole or other numbers, truth values; moments and days as ISO text; "" where nothing stands."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The first rows of one sheet, and how many rows there are."""

    index: int
    rows: int
    head: list[Row]


def form_of(content: bytes) -> Form:
    """What the content is, by itself and not by its name. Raises Unreadable for what isn't taken."""
    if len(content) > LARGEST:
        raise Unreadable(_("The file is larger than 20 MB; divide it into several."))
    if not content.strip(b"\xef\xbb\xbf \r\n\t"):
        raise Unreadable(_("The file is empty."))
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        # Office puts an encrypted .xlsx into such a container, too.
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise _locked()
        return "xls"
    if content.startswith(b"PK\x03\x04"):
        return _zipped(content)
    return "csv"


def look(content: bytes) -> tuple[Form, list[Sheet]]:
    """The form, and the beginnings of the sheets. Raises Unreadable."""
    form = form_of(content)
    if form == "csv":
        rows = text.rows(content)
        head = list(islice(rows, HEAD))
        count = len(head) + sum(1 for _row in rows)
        found: list[dict[str, Any]] = [
            {"index": 0, "rows": count, "columns": max(map(len, head), default=0), "head": head}
        ]
    else:
        (answer,) = list(_asked(content, ["look"]))
        found = answer["sheets"]
    for sheet in found:
        if sheet["rows"] > ROWS or sheet["columns"] > COLUMNS:
            raise Unreadable(
                _("There are more than %(rows)d rows or %(columns)d columns; divide the file, or delete what is empty.")
                % {"rows": ROWS, "columns": COLUMNS}
            )
    return form, [Sheet(sheet["index"], sheet["rows"], sheet["head"]) for sheet in found]


def rows_of(content: bytes, form: str, sheet: int, first: int, key: int = -1) -> tuple[list[Any], Iterator[Row]]:
    """What stands in the column KEY of all rows from index FIRST on, and these rows one by one. Raises Unreadable."""
    if form == "csv":
        keys = [_at(row, key) for row in islice(text.rows(content), first, None)] if key >= 0 else []
        return keys, islice(text.rows(content), first, None)
    answers = _asked(content, ["rows", str(sheet), str(first), str(key)])
    keys = next(answers)
    return keys, (row for batch in answers for row in batch)


def _at(row: Sequence[Any], column: int) -> Any:
    return row[column] if column < len(row) else ""


def _zipped(content: bytes) -> Form:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            kind = archive.read("mimetype")[:60] if _says_its_kind(archive) and len(entries) <= ENTRIES else b""
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise _broken() from error
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > ENTRIES or unpacked > min(EXPANDED, max(RATIO * len(content), 1 << 20)):
        raise _too_much()
    if "xl/workbook.xml" in names:
        return "xlsx"
    if kind.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        return "ods"
    raise Unreadable(_("This is no spreadsheet; save it as .xlsx, .xls, .ods or .csv."))


def _says_its_kind(archive: zipfile.ZipFile) -> bool:
    """Whether the entry is there, as OpenDocument packs it; other ways of packing fail in ways of their own."""
    usual = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    return any(entry.filename == "mimetype" and entry.compress_type in usual for entry in archive.infolist())


def _asked(content: bytes, arguments: list[str]) -> Iterator[Any]:
    """The child's answers, one by one. Raises Unreadable when it dies or says why it can't read."""
    command = [sys.executable, "-I", str(CHILD), *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            # It dies early when the file is too much for it; what it said is read below.
            with suppress(BrokenPipeError), process.stdin:  # type: ignore[union-attr] # it is a pipe
                process.stdin.write(content)  # type: ignore[union-attr] # it is a pipe
            for line in process.stdout or ():
                answer = orjson.loads(line)
                if isinstance(answer, dict) and "wrong" in answer:
                    raise _broken() if answer["wrong"] == "broken" else _locked()
                yield answer
            if process.wait():
                raise _too_much() if process.returncode < 0 else _broken()
        finally:
            process.kill()


def _too_much() -> Unreadable:
    return Unreadable(
        _("The file unpacks to far more than a list of orders; copy the rows into a new file and upload that.")
    )


def _broken() -> Unreadable:
    return Unreadable(_("The file can't be read; open it in a spreadsheet program and save it as .xlsx again."))


def _locked() -> Unreadable:
    return Unreadable(_("The file is protected by a password; save it without one."))
