"""The way into a web process: pushes are answered by the thread that read them, pages by the crew (see crew.py)."""

from collections.abc import Callable, Iterable
from typing import Any

from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler

from jiedan.connectors import crew

PUSHES = "/connect/"

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class PushHandler(WSGIHandler):
    """Django without its middleware: a push has no session, no language, no form, and brings its own signature."""

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: ARG002 - Django's signature
        """Only the view and its errors."""
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        self._middleware_chain = convert_exception_to_response(self._get_response)  # type: ignore[attr-defined] # not in the stubs


class Front:
    """A WSGI application before the application."""

    def __init__(self, pages: Application) -> None:
        self._pages = pages
        self._pushes = PushHandler()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request."""
        if environ.get("PATH_INFO", "").startswith(PUSHES):
            with crew.at_the_door():
                return self._pushes(environ, start_response)
        return crew.pool().submit(self._page, environ, start_response).result()

    def _page(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        answer: Any = self._pages(environ, start_response)
        if getattr(answer, "streaming", True):
            return answer  # type: ignore[no-any-return]
        # Read and closed here, because closing it ends the request for this thread's connection.
        try:
            return [b"".join(answer)]
        finally:
            answer.close()
