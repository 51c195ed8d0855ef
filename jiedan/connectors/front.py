"""The way into a web process: pushes are answered at the door, pages by the crew (see crew.py).

An RSGI application (granian's own interface, https://github.com/emmett-framework/granian/blob/master/docs/spec/RSGI.md)
around Django's WSGI handler: synchronous pages in threads, and pushes of which hundreds may wait in one process.
"""

import asyncio
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any, Protocol

from granian.rsgi import ProtocolClosed, ProtocolError  # type: ignore[attr-defined] # its interface, though not in __all__

from jiedan.connectors import crew
from jiedan.connectors.pushed import LARGEST, Push, View, too_long
from jiedan.connectors.ways_in import VIEWS
from jiedan.core import courtesy

_PUSH = re.compile(r"/connect/(\w+)/([-\w]+)", re.ASCII)
LONGEST = 64 << 20
"""Bytes of a page's request; the places that take less say so themselves."""
IN_MEMORY = 1 << 20
"""Bytes of a request that are kept in memory; what is longer goes into a temporary file."""

Headers = list[tuple[str, str]]
Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Scope(Protocol):
    """What granian says of a request."""

    @property
    def proto(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def query_string(self) -> str: ...
    @property
    def scheme(self) -> str: ...
    @property
    def http_version(self) -> str: ...
    @property
    def client(self) -> str: ...
    @property
    def server(self) -> str: ...
    @property
    def authority(self) -> str | None: ...
    @property
    def headers(self) -> Any: ...


class _Told:
    """What the WSGI application says of its answer before the body."""

    __slots__ = ("headers", "status")

    def __init__(self) -> None:
        self.status = 500
        self.headers: Headers = []

    def __call__(self, status: str, headers: Headers, _exc_info: Any = None) -> None:
        self.status = int(status[:3])
        self.headers = [(name.lower(), value) for name, value in headers]


class Front:
    """The application that granian runs."""

    def __init__(self, pages: Application) -> None:
        self._pages = pages
        self._turn = _Turn()

    async def __rsgi__(self, scope: Scope, protocol: Any) -> None:
        """Answer a request."""
        way = _PUSH.fullmatch(scope.path)
        view = None if way is None else VIEWS.get(way[1])
        if way is None or view is None:
            await self._page(scope, protocol)
        else:
            await self._push(view, way[2], scope, protocol)

    async def _push(self, view: View, code: str, scope: Scope, protocol: Any) -> None:
        push = Push(scope.method, scope.headers, scope.query_string, await _whole(scope, protocol))
        await self._turn.of_push()
        answer = await crew.at_the_door(view, push, code)
        protocol.response_bytes(answer.status, list(answer.headers.items()), answer.content)

    async def _page(self, scope: Scope, protocol: Any) -> None:
        try:
            body = await _kept(scope, protocol)
        except (ProtocolError, ProtocolClosed):
            return
        if body is None:
            protocol.response_str(413, [("content-type", "text/plain; charset=utf-8")], "413 Content Too Large")
            return
        with body:
            size = body.tell()
            body.seek(0)
            work = _Work(self._pages, _environ(scope, body, size), protocol, asyncio.get_running_loop())
            with self._turn.of_page():
                done = await work.loop.run_in_executor(crew.pool(), work.carry_out)
        if done is not None:
            protocol.response_bytes(*done)


class _Turn:
    """Whose turn it is at the door: pushes wait while pages are being made, not for ever (see core/courtesy.py)."""

    def __init__(self) -> None:
        self._pages = 0
        self._open = asyncio.Event()
        self._open.set()
        self._end: asyncio.TimerHandle | None = None

    @contextmanager
    def of_page(self) -> Iterator[None]:
        """While a page is being made."""
        self._pages += 1
        if self._open.is_set():
            # From the first page on, whatever others come meanwhile: no push waits longer than this.
            self._open.clear()
            self._end = asyncio.get_running_loop().call_later(courtesy.LONG, self._open.set)
        try:
            yield
        finally:
            self._pages -= 1
            if not self._pages:
                self._let_in()

    def _let_in(self) -> None:
        if self._end is not None:
            self._end.cancel()
        self._open.set()

    async def of_push(self) -> None:
        """Wait until a push may be read."""
        if not self._open.is_set():
            await self._open.wait()


class _Work:
    """One page, carried out by one of the crew from its start to the end of its body."""

    def __init__(self, pages: Application, environ: dict[str, Any], protocol: Any, loop: Any) -> None:
        self._pages, self._environ, self._protocol, self.loop = pages, environ, protocol, loop

    def carry_out(self) -> tuple[int, Headers, bytes] | None:
        """Status, headers and body; None when the body was long and went out piece by piece."""
        told = _Told()
        with courtesy.page():
            answer: Any = self._pages(self._environ, told)
        # Closing the answer ends the request for this thread's connection, so it is read here, too.
        try:
            if not getattr(answer, "streaming", True):
                return told.status, told.headers, b"".join(answer)
            self._stream(told, answer)
        finally:
            answer.close()
        return None

    def _stream(self, told: _Told, answer: Iterable[bytes]) -> None:
        transport: Any = self._now(_called(self._protocol.response_stream, told.status, told.headers))
        for piece in answer:
            self._now(transport.send_bytes(piece))

    def _now(self, awaited: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(_awaited(awaited), self.loop).result()


async def _called(function: Callable[..., Any], *args: Any) -> Any:
    return function(*args)


async def _awaited(awaited: Any) -> Any:
    return await awaited


async def _whole(scope: Scope, protocol: Any) -> bytes | None:
    """The body of a push; empty when it says that it is too long, None when it was cut off."""
    length = scope.headers.get("content-length")
    if length is not None and too_long(length):
        return b""
    try:
        if length is not None:
            return bytes(await protocol())
        found = bytearray()
        async for piece in protocol:
            found += piece
            if len(found) > LARGEST:
                break
        return bytes(found)
    except (ProtocolError, ProtocolClosed):
        return None


async def _kept(scope: Scope, protocol: Any) -> IO[bytes] | None:
    """The body of a page's request, at its end; None when it is too long."""
    length = scope.headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()) or int(length) > LONGEST:
        return None
    body: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - whoever reads it closes it
    async for piece in protocol:
        body.write(piece)
        if body.tell() > LONGEST:
            body.close()
            return None
    return body


def _address(client: str) -> str:
    """The address in [::1]:4711 or 10.0.0.9:4711; one of IPv4 that came over IPv6 is one of IPv4."""
    return client.rpartition(":")[0].strip("[]").removeprefix("::ffff:")


def _environ(scope: Scope, body: IO[bytes], size: int) -> dict[str, Any]:
    """The request as WSGI has it (PEP 3333)."""
    host, _colon, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": _address(scope.client),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        if "_" in name:
            # It would pass for the one with hyphens, which a proxy in front of us answers for.
            continue
        key = "HTTP_" + name.replace("-", "_").upper()
        # HTTP/2 may send a cookie in pieces (RFC 9113, 8.2.3).
        between = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{between}{value}" if key in environ else value
    environ["CONTENT_TYPE"] = environ.pop("HTTP_CONTENT_TYPE", "")
    environ["CONTENT_LENGTH"] = environ.pop("HTTP_CONTENT_LENGTH", str(size))
    if scope.authority and "HTTP_HOST" not in environ:
        environ["HTTP_HOST"] = scope.authority
    return environ
