"""A PDF is opened for real: every object is read, and what acts instead of being read is refused (S-39)."""

from io import BytesIO

import pikepdf

from jiedan.documents.probe.refusal import Refusal

OBJECTS = 200_000
PAGES = 2_000
_ACTS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Rendition", "/GoToE", "/Movie", "/Sound"}
_KEYS = ("/JS", "/EmbeddedFiles", "/XFA", "/RichMediaContent", "/AA")


def checked(content: bytes) -> bytes:
    """The file as it came, for signatures cover every byte. Raises Refusal."""
    tail = content[content.rfind(b"%%EOF") + 5 :] if b"%%EOF" in content else b"x"
    if tail.strip(b"\r\n\t \0"):
        raise Refusal("more_behind")
    try:
        with pikepdf.open(BytesIO(content), suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                raise Refusal("locked")
            if not 0 < len(pdf.pages) <= PAGES:
                raise Refusal("too_much_inside")
            _look_through(pdf)
            if any("error decoding" in warning or "bad_alloc" in warning for warning in pdf.get_warnings()):
                # Objects that couldn't be unfolded are none to qpdf; a reader with more memory would see them.
                raise Refusal("too_much_inside")
    except pikepdf.PasswordError as error:
        raise Refusal("locked") from error
    except (pikepdf.PdfError, pikepdf.DataDecodingError, RuntimeError, ValueError, KeyError, TypeError) as error:
        raise Refusal("cannot_be_opened") from error
    return content


def _look_through(pdf: pikepdf.Pdf) -> None:
    for number, found in enumerate(pdf.objects):
        if number > OBJECTS:
            raise Refusal("too_much_inside")
        _look_into(found, 0)


def _look_into(found: object, depth: int) -> None:
    if depth > 20:
        raise Refusal("too_much_inside")
    if isinstance(found, pikepdf.Array):
        for item in found:
            _look_further(item, depth)
    elif isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
        if any(key in found for key in _KEYS) or str(found.get("/S", "")) in _ACTS or _is_attachment(found):
            raise Refusal("does_things")
        for key in found.keys():  # noqa: SIM118 - pikepdf's objects iterate over values
            _look_further(found[key], depth)


def _look_further(item: object, depth: int) -> None:
    # What is shared by reference comes in its own turn; only what stands inside is followed.
    if isinstance(item, pikepdf.Array | pikepdf.Dictionary) and not item.is_indirect:
        _look_into(item, depth + 1)


def _is_attachment(found: pikepdf.Dictionary | pikepdf.Stream) -> bool:
    return str(found.get("/Type", "")) == "/EmbeddedFile" or (
        str(found.get("/Subtype", "")) in ("/FileAttachment", "/RichMedia", "/Movie", "/Screen")
    )
