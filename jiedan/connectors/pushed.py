"""A push as its view sees it, and the answer: without what Django builds around requests, which a push has no use for.

The same views answer at the door of a web process (front.py) and as ordinary Django views (`as_view`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Protocol

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

LARGEST = 1 << 20
"""Bytes of a body."""


class Headers(Protocol):
    """Header fields by their names in small letters."""

    def get(self, key: str, default: Any = None, /) -> Any: ...


class Unusable(Exception):
    """The body can't be had: `too_large`, or `cut` on the way."""


@dataclass(frozen=True, slots=True)
class Push:
    """A request as it came; `content` is None when its body couldn't be read to the end."""

    method: str
    headers: Headers
    query: str
    content: bytes | None

    def header(self, name: str, default: str = "") -> str:
        """A header field; DEFAULT when there is none."""
        return str(self.headers.get(name, default))

    @property
    def compressed(self) -> bool:
        """Whether the body says that it is encoded in any way."""
        return self.header("content-encoding", "identity").strip().lower() != "identity"

    @property
    def media_type(self) -> str:
        """The body's media type without parameters, in small letters."""
        return self.header("content-type").partition(";")[0].strip().lower()

    def body(self) -> bytes:
        """The body. Raises Unusable with "too_large" or "cut"."""
        length = self.header("content-length", "0")
        if too_long(length):
            raise Unusable("too_large")
        if self.content is None or len(self.content) < int(length):
            raise Unusable("cut")
        if len(self.content) > LARGEST:
            raise Unusable("too_large")
        return self.content


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back; header names in small letters."""

    status: int
    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def too_long(length: str) -> bool:
    """Whether a Content-Length is none, or that of a body that nobody reads."""
    return not (length.isascii() and length.isdigit()) or int(length) > LARGEST


View = Callable[[Push, str], Answer]


def as_view(answered: View) -> Callable[..., HttpResponse]:
    """The view as Django calls it."""

    @csrf_exempt
    @wraps(answered)
    def view(request: HttpRequest, code: str) -> HttpResponse:
        answer = answered(_push(request), code)
        response = HttpResponse(answer.content, status=answer.status)
        for name, value in answer.headers.items():
            response[name] = value
        response["Content-Length"] = str(len(answer.content))
        return response

    return view


def _push(request: HttpRequest) -> Push:
    headers = {name.lower(): value for name, value in request.headers.items()}
    content: bytes | None = b""
    if not too_long(headers.get("content-length") or "0"):
        try:
            content = request.read()
        except (UnreadablePostError, RequestDataTooBig, OSError):
            content = None
    return Push(request.method or "", headers, request.META.get("QUERY_STRING", ""), content)
