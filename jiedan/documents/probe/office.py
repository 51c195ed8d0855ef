"""Office files are archives of XML: counted, weighed and read before anybody unpacks them (S-40, S-11)."""

import re
import stat
import struct
import zipfile
import zlib
from io import BytesIO
from xml.parsers import expat

from jiedan.documents.probe.refusal import Refusal

TYPES_PART = "[Content_Types].xml"
ENTRIES = 2_000
UNPACKED = 60 << 20
RATIO = 200
_STEP = 1 << 18
_END = b"PK\x05\x06"
_BAD_NAME = re.compile(r"^/|^[A-Za-z]:|\\|\0|(^|/)\.\.(/|$)")
_INSIDE = re.compile(
    r"vbaproject|\.(bin|exe|dll|js|vbs|zip|jar|7z|rar|docx|xlsx|pptx|docm|xlsm|html?|svg)$", re.IGNORECASE
)
_PRINTER = re.compile(r"xl/printerSettings/printerSettings\d+\.bin")
_NESTED = (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", b"MZ")


def unpacked(content: bytes, main_part: str) -> bytes:
    """The file as it came, once everything in it was read. Raises Refusal."""
    _count(content)
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
            _weigh(entries, len(content))
            names = [entry.filename for entry in entries]
            if TYPES_PART not in names or main_part not in names:
                raise Refusal("not_what_it_says")
            for entry in entries:
                _read(archive, entry)
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        struct.error,
        OSError,
    ) as error:
        raise Refusal("cannot_be_opened") from error
    return content


def _count(content: bytes) -> None:
    # From the last record of the archive, before a library makes an object for each of a million entries.
    end = content.rfind(_END)
    if (
        end < 0
        or end + 22 > len(content)
        or end + 22 + int.from_bytes(content[end + 20 : end + 22], "little") != len(content)
    ):
        raise Refusal("cannot_be_opened")
    if int.from_bytes(content[end + 10 : end + 12], "little") > ENTRIES or content.count(b"PK\x01\x02") > 2 * ENTRIES:
        raise Refusal("too_much_inside")


def _weigh(entries: list[zipfile.ZipInfo], packed: int) -> None:
    names = {entry.filename.casefold() for entry in entries}
    total = sum(entry.file_size for entry in entries)
    if len(entries) > ENTRIES or total > UNPACKED or total > RATIO * packed:
        raise Refusal("too_much_inside")
    for entry in entries:
        if _BAD_NAME.search(entry.filename) or stat.S_ISLNK(entry.external_attr >> 16) or len(names) < len(entries):
            raise Refusal("bad_names_inside")
        if entry.flag_bits & 1:
            raise Refusal("locked")
        if _INSIDE.search(entry.filename) and not _PRINTER.fullmatch(entry.filename):
            raise Refusal("does_things")


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Read an entry piece by piece: it may be as long as it says, XML without declarations, and no archive."""
    parser = _parser() if entry.filename.endswith((".xml", ".rels")) else None
    length = 0
    with archive.open(entry) as stream:
        while piece := stream.read(_STEP):
            if length == 0 and piece.startswith(_NESTED):
                raise Refusal("does_things")
            length += len(piece)
            if length > entry.file_size:
                raise Refusal("too_much_inside")
            if parser is not None:
                _feed(parser, piece, last=False)
    if parser is not None:
        _feed(parser, b"", last=True)


def _feed(parser: expat.XMLParserType, piece: bytes, *, last: bool) -> None:
    try:
        parser.Parse(piece, last)
    except expat.ExpatError as error:
        raise Refusal("cannot_be_opened") from error


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _no_declarations
    parser.StartElementHandler = _no_outside
    return parser


def _no_declarations(*_given: object) -> None:
    # Entities that name files or grow without end stand only in a document type declaration.
    raise Refusal("does_things")


def _no_outside(name: str, given: dict[str, str]) -> None:
    outside = name.endswith("Relationship") and given.get("TargetMode") == "External"
    if outside and not given.get("Type", "").endswith("/hyperlink"):
        raise Refusal("does_things")
