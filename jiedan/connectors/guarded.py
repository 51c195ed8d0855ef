"""Posting to an address that somebody outside named, and never by it into our own network (R19, S-69).

The host is resolved once, all its addresses are looked at, and the connection goes to the very address that was looked
at: no redirects, no proxies, no second resolution that could say otherwise.
"""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import certifi
import httpx
from django.conf import settings

PATIENCE = 8.0
"""Seconds for the whole of an answer."""
LARGEST = 65536
"""Bytes of an answer, at most."""


class NotPublic(ValueError):
    """The address leads into the company's own network, or is none that we post to."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered, or the kind of failure with status None."""

    status: int | None
    error: str = ""
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def post(address: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """What was answered at ADDRESS; a failure is an answer too, told by its kind alone: more could hold secrets."""
    try:
        return _posted(address, body, headers)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        return Answer(None, type(error).__name__)


def _posted(address: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    url = httpx.URL(address)
    if url.scheme not in ("http", "https") or not url.host:
        raise NotPublic(address)
    target = url.copy_with(host=checked(url.host, url.port or (443 if url.scheme == "https" else 80)))
    with (
        _Fuse(PATIENCE) as fuse,
        httpx.Client(timeout=PATIENCE, follow_redirects=False, trust_env=False, verify=_trust()) as client,
        client.stream(
            "POST", target, content=body, headers={**headers, "Host": url.netloc.decode()},
            extensions={"sni_hostname": url.host, "trace": fuse.watch},
        ) as answer,
    ):  # fmt: skip
        found = b""
        for part in answer.iter_raw():
            found += part
            if len(found) > LARGEST:
                return Answer(None, "AnswerTooLong")
        return Answer(answer.status_code, "", found, answer.headers)


class _Fuse:
    """Ends a conversation that lasts too long as a whole: a time-out for each read never ends one that drips."""

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._blow)
        self._timer.daemon = True
        self._line: socket.socket | None = None

    def __enter__(self) -> "_Fuse":
        self._timer.start()
        return self

    def __exit__(self, *_unused: object) -> None:
        self._timer.cancel()

    def watch(self, event: str, found: Mapping[str, Any]) -> None:
        """httpcore's trace: which socket the conversation is on."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._line = found["return_value"].get_extra_info("socket")

    def _blow(self) -> None:
        if self._line is not None:
            # Past the class of TLS sockets, which would take its own reader's footing away.
            with suppress(OSError):
                socket.socket.shutdown(self._line, socket.SHUT_RDWR)


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    """The usual authorities, and those that this machine (SSL_CERT_FILE) trusts beside them."""
    context = ssl.create_default_context(cafile=certifi.where())
    context.load_default_certs()
    return context


def checked(host: str, port: int) -> str:
    """The address of a host, when all of its addresses are public or private ones are allowed. Raises NotPublic, OSError."""
    found = [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not settings.PRIVATE_RECEIVERS and not all(_is_public(one) for one in found):
        raise NotPublic(host)
    return found[0]


_EMBEDDING = tuple(map(ipaddress.ip_network, ("::/96", "64:ff9b::/96", "64:ff9b:1::/48")))
"""Networks of IPv6 whose addresses stand for ones of IPv4 (RFC 4291, 6052, 8215)."""


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        # Embedded IPv4 addresses would lead around the check.
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is not None or any(address in network for network in _EMBEDDING):
            return False
    return address.is_global and not address.is_multicast
