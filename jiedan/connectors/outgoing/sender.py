"""Sending what waits: signed at each attempt, with growing pauses, each receiver by itself (clause 2.1.2)."""

import ipaddress
import json
import logging
import socket
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from urllib.parse import urlencode

import httpx
from django.conf import settings
from django.db import connection, transaction

from jiedan.connectors.accounts import AccountFacts, facts_of
from jiedan.connectors.models import Account
from jiedan.connectors.outgoing.models import Attempt, Outgoing
from jiedan.connectors.webhook import signing
from jiedan.connectors.yanxuan import callbacks
from jiedan.core import clock
from jiedan.core.lifecycle import ConnectionStage
from jiedan.orders import access
from jiedan.people.actor import SYSTEM

log = logging.getLogger(__name__)
LASTS = timedelta(days=3)
"""How long an event is tried."""
LONGEST_PAUSE = timedelta(hours=6)
PATIENCE = 8.0
"""Seconds for the whole of an answer."""
LEASE = timedelta(minutes=2)
LARGEST = 65536
SLOW_DOWN = frozenset({429, 502, 504})
_crew = ThreadPoolExecutor(8, thread_name_prefix="outgoing")
_busy: set[int] = set()
_lock = Lock()


class NotPublic(ValueError):
    """The address leads into the company's own network."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered, or the kind of failure with status None."""

    status: int | None
    error: str = ""
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def drain(now: datetime) -> int:
    """Give what is due to the crew, one event a receiver at a time; returns how many were given."""
    due = Outgoing.objects.filter(state=Outgoing.WAITING, next_at__lte=now)
    given = 0
    for account in list(due.order_by().values_list("account", flat=True).distinct()[:200]):
        row = due.filter(account=account).order_by("next_at", "pk").values_list("pk", flat=True).first()
        with _lock:
            if row is None or account in _busy:
                continue
            _busy.add(account)
        _crew.submit(_in_crew, account, row)
        given += 1
    return given


def _in_crew(account: int, row: int) -> None:
    try:
        deliver(row, clock.now())
    except Exception:
        log.exception("outgoing %s could not be sent; it is tried again", row)
    finally:
        connection.close()
        with _lock:
            _busy.discard(account)


def deliver(pk: int, now: datetime) -> None:
    """One attempt; nothing is locked while the other side answers. Who came first has claimed it."""
    claimed = Outgoing.objects.filter(pk=pk, state=Outgoing.WAITING, next_at__lte=now).update(next_at=now + LEASE)
    if not claimed:
        return
    row = Outgoing.objects.get(pk=pk)
    account = access.visible(SYSTEM, Account).select_related("key").get(pk=row.account_id)
    if not account.address or account.stage == ConnectionStage.CLOSED:
        answer = Answer(None, "NoAddress")
    else:
        answer = _sent(row, facts_of(account), now)
    _keep(row, account.platform, answer, now)


def _sent(row: Outgoing, facts: AccountFacts, now: datetime) -> Answer:
    try:
        if facts.platform == "yanxuan":
            call = callbacks.Callback(row.event, row.payload["name"], row.payload["text"])
            body = urlencode(callbacks.parameters(call, facts, now)).encode()
            return _posted(facts.address, body, {"Content-Type": "application/x-www-form-urlencoded"})
        body = json.dumps(row.payload, ensure_ascii=False).encode()
        headers = signing.headers(facts.secrets[0], f"out-{row.pk}", now, body)
        return _posted(facts.address, body, headers | {"Content-Type": "application/json"})
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, IndexError) as error:
        # The kind alone: a message could hold the address with its secrets.
        return Answer(None, type(error).__name__)


def _posted(address: str, body: bytes, headers: dict[str, str]) -> Answer:
    """POST to the address that was checked, and to no other: resolved once, no redirects, no proxies."""
    url = httpx.URL(address)
    target = url.copy_with(host=checked(url.host, url.port or (443 if url.scheme == "https" else 80)))
    until = time.monotonic() + PATIENCE
    with (
        httpx.Client(timeout=PATIENCE, follow_redirects=False, trust_env=False) as client,
        client.stream(
            "POST", target, content=body, headers=headers | {"Host": url.netloc.decode()},
            extensions={"sni_hostname": url.host},
        ) as answer,
    ):  # fmt: skip
        found = b""
        for part in answer.iter_raw(4096):
            found += part
            if len(found) > LARGEST or time.monotonic() > until:
                return Answer(None, "AnswerTooLong")
        return Answer(answer.status_code, "", found, answer.headers)


def checked(host: str, port: int) -> str:
    """The address of a host, when all of its addresses are public or private ones are allowed. Raises NotPublic, OSError."""
    found = [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not settings.PRIVATE_RECEIVERS and not all(_is_public(one) for one in found):
        raise NotPublic(host)
    return found[0]


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        # Embedded IPv4 addresses would lead around the check.
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is not None or address in ipaddress.ip_network("64:ff9b::/96"):
            return False
    return address.is_global and not address.is_multicast


def _keep(row: Outgoing, platform: str, answer: Answer, now: datetime) -> None:
    row.attempts += 1
    row.last_status, row.last_error = answer.status, answer.error[:60]
    if _took(platform, answer):
        row.state, row.sent_at = Outgoing.SENT, now
    elif answer.status == 410 or now - row.created_at >= LASTS:
        row.state = Outgoing.GIVEN_UP
    else:
        row.next_at = now + pause(row.attempts, answer)
    with transaction.atomic():
        row.save()
        Attempt.objects.create(outgoing=row, at=now, status=answer.status, error=row.last_error)


def _took(platform: str, answer: Answer) -> bool:
    if answer.status is None:
        return False
    if platform == "yanxuan":
        return callbacks.accepted(answer.status, answer.body)
    return 200 <= answer.status < 300


def pause(attempts: int, answer: Answer) -> timedelta:
    """5 s, 20 s, 80 s … up to six hours; at least a minute for who asks to slow down, and what Retry-After says."""
    wait = min(LONGEST_PAUSE, timedelta(seconds=5 * 4 ** min(attempts - 1, 8)))
    if answer.status in SLOW_DOWN:
        wait = max(wait, timedelta(minutes=1))
    asked = answer.headers.get("Retry-After", "")
    if asked.isascii() and asked.isdigit() and len(asked) <= 6:
        wait = max(wait, min(timedelta(seconds=int(asked)), timedelta(days=1)))
    return wait
