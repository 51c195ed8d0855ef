"""Tables as text: the encoding recognised (UTF-8 with or without mark, UTF-16 with it, GB18030), the separator too."""

import codecs
import csv
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper

from django.utils.translation import gettext as _

from jiedan.connectors.spreadsheet.wrong import Unreadable

SEPARATORS = ",\t;|"
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
BLOCK = 1 << 20
WIDEST_CELL = 32_767
"""Characters of a cell, at most, as in a workbook."""
RARE = 0.2
"""Share of Chinese characters outside the 6 763 of everyday use (GB 2312) that no list of orders reaches."""


def rows(content: bytes) -> Iterator[list[str]]:
    """The rows, one by one. Raises Unreadable: unknown encoding, or a quotation mark that is never closed."""
    name = encoding_of(content)
    csv.field_size_limit(WIDEST_CELL)
    lines = TextIOWrapper(BytesIO(content), encoding=name, newline="")
    try:
        for row in csv.reader(lines, delimiter=_separator(content, name)):
            yield [_untricked(cell) for cell in row]
    except csv.Error as error:
        raise Unreadable(
            _("A cell is longer than %(most)d characters: perhaps a quotation mark isn't closed.")
            % {"most": WIDEST_CELL}
        ) from error


def encoding_of(content: bytes) -> str:
    """The name of the encoding for Python. Raises Unreadable for what is none of those."""
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    if marked is not None:
        if _decodes(content, marked):
            return marked
    elif b"\x00" not in content:
        if _decodes(content, "utf-8"):
            return "utf-8"
        if _decodes(content, "gb18030") and _is_everyday(content[:BLOCK].decode("gb18030", "ignore")):
            return "gb18030"
    raise Unreadable(_("The file is no text in UTF-8, UTF-16 or GBK (GB18030); save it as “CSV UTF-8” or as .xlsx."))


def _decodes(content: bytes, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)()
    try:
        for start in range(0, len(content), BLOCK):
            decoder.decode(content[start : start + BLOCK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_everyday(text: str) -> bool:
    # Nearly every byte sequence is something in GB18030; another encoding read as it gives characters nobody uses.
    foreign = [letter for letter in text if letter > "\x7f"]
    return len(foreign) - len("".join(foreign).encode("gb2312", "ignore")) // 2 <= RARE * len(foreign)


def _separator(content: bytes, name: str) -> str:
    head = content[: 64 << 10].decode(name, "ignore").splitlines()[:30]
    return max(SEPARATORS, key=lambda mark: max((line.count(mark) for line in head), default=0))


def _untricked(cell: str) -> str:
    """Without what programs write around long numbers so that spreadsheets keep them: ="0012" and '0012."""
    if cell.startswith('="') and cell.endswith('"') and len(cell) > 2:
        return cell[2:-1]
    if cell[:1] == "'" and cell[1:].isdigit():
        return cell[1:]
    return cell.rstrip("\t") if cell.endswith("\t") else cell
