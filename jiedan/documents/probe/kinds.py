"""What a file is by its first bytes, and which parser opens it (S-39)."""

from jiedan.documents.probe.refusal import Refusal

PDF = "application/pdf"
PNG, JPEG, WEBP = "image/png", "image/jpeg", "image/webp"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT, CSV = "text/plain", "text/csv"
IMAGES = {PNG: "PNG", JPEG: "JPEG", WEBP: "WEBP"}
OFFICE = {DOCX: "word/document.xml", XLSX: "xl/workbook.xml"}
_MAGIC = ((b"%PDF-", PDF), (b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG))


def opened(media_type: str, content: bytes) -> bytes:
    """The bytes to keep of a file that says it is of MEDIA_TYPE. Raises Refusal."""
    if _seen(content) != ("office" if media_type in OFFICE else "text" if media_type in (TEXT, CSV) else media_type):
        raise Refusal("not_what_it_says")
    if media_type == PDF:
        from jiedan.documents.probe.pdf import checked  # noqa: PLC0415 - each run loads one parser

        return checked(content)
    if media_type in IMAGES:
        from jiedan.documents.probe.image import redrawn  # noqa: PLC0415 - each run loads one parser

        return redrawn(content, IMAGES[media_type])
    if media_type in OFFICE:
        from jiedan.documents.probe.office import unpacked  # noqa: PLC0415 - each run loads one parser

        return unpacked(content, OFFICE[media_type])
    return content


def _seen(content: bytes) -> str:
    """The type by the first bytes; "text" for readable UTF-8, "" for anything else."""
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            return kind
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return WEBP
    if content.startswith(b"PK\x03\x04"):
        return "office"
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return ""
    unreadable = any(ord(sign) < 32 and sign not in "\t\r\n\f" for sign in text)
    return "" if unreadable or text.lstrip()[:1] == "<" else "text"
