"""How a request reaches Django through the door: what a proxy answers for can't be said by anybody else (6.2.3)."""

import asyncio
import io
from types import SimpleNamespace
from typing import Any

import pytest

from jiedan.connectors.front import _environ, _whole
from jiedan.connectors.pushed import LARGEST


class _Headers:
    """Header fields as granian gives them: a name may stand several times."""

    def __init__(self, *fields: tuple[str, str]) -> None:
        self._fields = fields

    def items(self) -> list[tuple[str, str]]:
        return list(self._fields)


def environ(*fields: tuple[str, str], client: str = "10.0.0.9:4711") -> dict[str, Any]:
    scope = SimpleNamespace(
        proto="http", method="GET", path="/订单/", query_string="a=1", scheme="http", http_version="2",
        client=client, server="10.0.0.1:8000", authority="jiedan.example", headers=_Headers(*fields),
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


@pytest.mark.parametrize(
    ("client", "address"),
    [("[::1]:4711", "::1"), ("[::ffff:192.0.2.7]:4711", "192.0.2.7"), ("[2001:db8::7]:80", "2001:db8::7")],
)
def test_an_address_of_ipv6_is_one_that_a_database_takes(client: str, address: str) -> None:
    assert environ(client=client)["REMOTE_ADDR"] == address


class _Body:
    """A body as granian gives it, piece by piece."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.left = pieces

    def __aiter__(self) -> "_Body":
        return self

    async def __anext__(self) -> bytes:
        if not self.left:
            raise StopAsyncIteration
        return self.left.pop(0)


def whole(pieces: list[bytes]) -> tuple[bytes | None, int]:
    """What was read, and how many pieces were left."""
    body = _Body(pieces)
    found = asyncio.run(_whole(SimpleNamespace(headers={}), body))  # type: ignore[arg-type] # enough of a scope
    return found, len(body.left)


def test_a_body_without_a_length_is_read_up_to_the_first_piece_too_many() -> None:
    assert whole([b"ab", b"c"]) == (b"abc", 0)
    found, left = whole([b"x" * LARGEST, b"y", b"z", b"z"])
    assert (len(found or b""), left) == (LARGEST + 1, 2)
