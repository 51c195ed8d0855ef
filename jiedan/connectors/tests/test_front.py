"""How a request reaches Django through the door: what a proxy answers for can't be said by anybody else (6.2.3)."""

import io
from types import SimpleNamespace
from typing import Any

from jiedan.connectors.front import _environ


class _Headers:
    """Header fields as granian gives them: a name may stand several times."""

    def __init__(self, *fields: tuple[str, str]) -> None:
        self._fields = fields

    def items(self) -> list[tuple[str, str]]:
        return list(self._fields)


def environ(*fields: tuple[str, str]) -> dict[str, Any]:
    scope = SimpleNamespace(
        proto="http", method="GET", path="/订单/", query_string="a=1", scheme="http", http_version="2",
        client="10.0.0.9:4711", server="10.0.0.1:8000", authority="jiedan.example", headers=_Headers(*fields),
    )  # fmt: skip
    return _environ(scope, io.BytesIO(), 0)  # type: ignore[arg-type] # enough of a scope


def test_a_header_with_underscores_does_not_pass_for_the_proxys_own() -> None:
    found = environ(
        ("x-forwarded-for", "203.0.113.7"), ("x_forwarded_for", "127.0.0.1"), ("x_forwarded_proto", "https")
    )
    assert found["HTTP_X_FORWARDED_FOR"] == "203.0.113.7"
    assert "HTTP_X_FORWARDED_PROTO" not in found


def test_a_cookie_in_pieces_is_one_cookie() -> None:
    found = environ(("cookie", "sessionid=a"), ("accept", "text/html"), ("cookie", "csrftoken=b"), ("accept", "*/*"))
    assert (found["HTTP_COOKIE"], found["HTTP_ACCEPT"]) == ("sessionid=a; csrftoken=b", "text/html,*/*")


def test_the_request_line_and_the_host_are_what_was_asked_for() -> None:
    found = environ()
    assert (found["PATH_INFO"].encode("latin-1").decode(), found["QUERY_STRING"]) == ("/订单/", "a=1")
    assert (found["HTTP_HOST"], found["REMOTE_ADDR"], found["CONTENT_LENGTH"]) == ("jiedan.example", "10.0.0.9", "0")
