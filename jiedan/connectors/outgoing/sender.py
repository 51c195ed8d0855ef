"""Sending what waits: signed at each attempt, with growing pauses, each receiver by itself (clause 2.1.2)."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Lock
from urllib.parse import urlencode

from django.db import connection, transaction

from jiedan.connectors import guarded
from jiedan.connectors.accounts import AccountFacts, facts_of
from jiedan.connectors.guarded import Answer
from jiedan.connectors.models import Account
from jiedan.connectors.outgoing import passing_on
from jiedan.connectors.outgoing.models import Attempt, Outgoing
from jiedan.connectors.webhook import signing
from jiedan.connectors.yanxuan import callbacks
from jiedan.core import clock
from jiedan.core.lifecycle import ConnectionStage
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import StepRefused
from jiedan.orders import access
from jiedan.people.actor import SYSTEM

log = logging.getLogger(__name__)
LASTS = timedelta(days=3)
"""How long an event is tried."""
LONGEST_PAUSE = timedelta(hours=6)
LEASE = timedelta(minutes=2)
GONE = 410
SLOW_DOWN = frozenset({429, 502, 504})
_crew = ThreadPoolExecutor(8, thread_name_prefix="outgoing")
_busy: set[int] = set()
_lock = Lock()


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


def is_busy() -> bool:
    """Whether this process is sending anything now."""
    with _lock:
        return bool(_busy)


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
    if row.event == passing_on.EVENT and _is_over(row, now):
        return
    if not account.address or account.stage == ConnectionStage.CLOSED:
        answer = Answer(None, "NoAddress")
    else:
        answer = _sent(row, facts_of(account), now)
    _keep(row, account.platform, answer, now)
    _switch_off(row, account, answer)


def _is_over(row: Outgoing, now: datetime) -> bool:
    """Give an event up whose link leads nowhere any more; that says nothing of the other side."""
    try:
        passing_on.with_address(row.payload, now)
    except passing_on.LinkOver:
        row.state, row.last_error = Outgoing.GIVEN_UP, "LinkOver"
        row.save(update_fields=["state", "last_error"])
        return True
    return False


def _sent(row: Outgoing, facts: AccountFacts, now: datetime) -> Answer:
    try:
        body, headers = _signed(row, facts, now)
    except (ValueError, IndexError, passing_on.LinkOver) as error:
        # No secret to sign with. The kind alone: a message could hold what is secret.
        return Answer(None, type(error).__name__)
    return guarded.post(facts.address, body, headers)


def _signed(row: Outgoing, facts: AccountFacts, now: datetime) -> tuple[bytes, dict[str, str]]:
    if facts.platform == "yanxuan":
        call = callbacks.Callback(row.event, row.payload["name"], row.payload["text"])
        body = urlencode(callbacks.parameters(call, facts, now)).encode()
        return body, {"Content-Type": "application/x-www-form-urlencoded"}
    payload = passing_on.with_address(row.payload, now) if row.event == passing_on.EVENT else row.payload
    body = json.dumps(payload, ensure_ascii=False).encode()
    headers = signing.headers(facts.secrets[0], f"out-{row.pk}", now, body)
    return body, headers | {"Content-Type": "application/json"}


def _keep(row: Outgoing, platform: str, answer: Answer, now: datetime) -> None:
    row.attempts += 1
    row.last_status, row.last_error = answer.status, answer.error[:60]
    if _took(platform, answer):
        row.state, row.sent_at = Outgoing.SENT, now
    elif answer.status == GONE or now - row.created_at >= LASTS:
        row.state = Outgoing.GIVEN_UP
    else:
        row.next_at = now + pause(row.attempts, answer)
    with transaction.atomic():
        row.save()
        Attempt.objects.create(outgoing=row, at=now, status=answer.status, error=row.last_error)


def _switch_off(row: Outgoing, account: Account, answer: Answer) -> None:
    """Nothing more goes to an address that is gone, or that took nothing while an event was tried for three days."""
    if row.state != Outgoing.GIVEN_UP or not account.address:
        return
    gone = answer.status == GONE
    if not gone and Outgoing.objects.filter(account=account, sent_at__gte=row.created_at).exists():
        return
    try:
        why = {"why": "gone" if gone else "silent"}
        dispatch("connectors.switch_off_address", SYSTEM, why, subject=account, version=account.version, channel="job")
    except StepRefused as refused:
        # Somebody changed the connection meanwhile: what was found counts for the old address only.
        log.info("the address of %s stays: %s", account.ref, refused.sentence)


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
