"""How a file comes in and leaves: read no further than its limit, given out only to be saved (S-39, S-42)."""

from io import BytesIO
from typing import Final

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from jiedan.documents.models import Document
from jiedan.documents.places import LARGEST

_AROUND: Final = 64 << 10
"""Bytes that a form has besides its file."""


def as_download(document: Document, content: bytes) -> HttpResponse:
    """The answer that carries the file."""
    charset = "; charset=utf-8" if document.media_type.startswith("text/") else ""
    response = HttpResponse(content, content_type=document.media_type + charset)
    response["Content-Disposition"] = content_disposition_header(True, document.name) or "attachment"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "no-store"
    return response


def too_long(request: HttpRequest) -> bool:
    """Whether the request says that it is longer than any form with a file may be; then it isn't read at all."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return not length.isdigit() or int(length) > LARGEST + _AROUND


class InMemory(FileUploadHandler):
    """Takes a form's file into memory and no further than the limit; Django's own would write it to a folder (S-39)."""

    def new_file(self, *given: object, **more: object) -> None:
        """Begin another file of the form."""
        super().new_file(*given, **more)  # type: ignore[arg-type] # handed through as it came
        self._pieces: list[bytes] = []
        self._length = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep a piece; beyond the limit only its length counts."""
        self._length += len(raw_data)
        if self._length <= LARGEST:
            self._pieces.append(raw_data)

    def file_complete(self, file_size: int) -> "Brought":
        """The file as the form's data have it."""
        return Brought(self.field_name or "", self.file_name or "", b"".join(self._pieces), self._length)


class Brought(InMemoryUploadedFile):
    """A file as it came; `size` may be more than was kept."""

    def __init__(self, field: str, name: str, content: bytes, size: int) -> None:
        super().__init__(BytesIO(content), field, name, "", size, None)
        self.content = content
