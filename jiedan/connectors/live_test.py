"""Trying a connection for real, without effect on orders: signed calls, and what came of them (clause 2.1.2).

Kaola: a harmless question to the platform. The two push channels: a test message signed with the connection's own
secret is sent to our own public address, as the other side would send it; and when the other side has an address, a
signed one is sent there. Nothing is locked meanwhile: the step says that somebody asks, the result is a step of its own.
"""

import json
import logging
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

import httpx
from django.conf import settings

from jiedan.connectors import guarded
from jiedan.connectors.accounts import AccountFacts, facts_of, kaola_client
from jiedan.connectors.kaola.client import KaolaError
from jiedan.connectors.models import Account
from jiedan.connectors.webhook import messages, signing
from jiedan.connectors.webhook.signing import BadSecret
from jiedan.connectors.yanxuan import protocol
from jiedan.core import clock
from jiedan.core.lifecycle import ConnectionStage
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import StepRefused
from jiedan.orders import access
from jiedan.orders.vault import Unreadable
from jiedan.people.actor import SYSTEM

log = logging.getLogger(__name__)
PATIENCE = 8.0
"""Seconds for the other side to answer."""


@dataclass(frozen=True, slots=True)
class Found:
    """Whether it works, and what was found, in both languages."""

    ok: bool
    zh: str
    en: str

    def __add__(self, other: "Found") -> "Found":
        return Found(self.ok and other.ok, f"{self.zh}；{other.zh}", f"{self.en}; {other.en}")


@dataclass(frozen=True, slots=True)
class Signed:
    """A message ready to be sent."""

    body: bytes
    headers: dict[str, str]


def carry_out(account: int) -> None:
    """Try the connection now and keep what was found; nothing is kept when it was closed meanwhile."""
    row = access.visible(SYSTEM, Account).select_related("key").get(pk=account)
    found = tried(row, clock.now())
    given = {"works": found.ok, "found_zh": found.zh, "found_en": found.en}
    try:
        dispatch("connectors.keep_test", SYSTEM, given, subject=row, channel="job")
    except StepRefused as refused:
        log.info("the test of %s is not kept: %s", row.ref, refused.sentence)


def tried(account: Account, now: datetime) -> Found:
    """What a live test finds."""
    try:
        return _kaola(account) if account.platform == "kaola" else _pushed(account, facts_of(account), now)
    except (Unreadable, BadSecret, IndexError):
        return Found(False, "凭证无法使用，请轮换凭证", "the credentials can't be used; rotate them")


def _kaola(account: Account) -> Found:
    try:
        with kaola_client(account) as client:
            count = len(client.logistics_companies())
    except KaolaError as error:
        return Found(False, error.sentence("zh"), error.sentence("en"))
    return Found(True, f"平台已应答，列出 {count} 家物流公司", f"the platform answered and listed {count} carriers")


def _pushed(account: Account, facts: AccountFacts, now: datetime) -> Found:
    message = _SIGNED[facts.platform](facts, now)
    if account.stage == ConnectionStage.PAUSED:
        own = Found(True, "连接已暂停，未向我方地址推送", "paused, so nothing was pushed to our own address")
    else:
        own = _own_address(facts, message)
    if not facts.address:
        return own + Found(True, "对方未提供地址", "the other side gave no address")
    return own + _their_address(facts, message)


def _webhook(facts: AccountFacts, now: datetime) -> Signed:
    body = json.dumps({"type": messages.TEST, "timestamp": now.isoformat(), "data": {}}).encode()
    number = f"test-{now.timestamp():.3f}"
    return Signed(body, signing.headers(facts.secrets[0], number, now, body) | {"Content-Type": "application/json"})


def _yanxuan(facts: AccountFacts, now: datetime) -> Signed:
    given = protocol.signed(protocol.LIST, {}, facts.credentials.get("app_key", ""), facts.secrets[0], now)
    return Signed(urlencode(given).encode(), {"Content-Type": "application/x-www-form-urlencoded"})


_SIGNED = {"webhook": _webhook, "yanxuan": _yanxuan}


def _own_address(facts: AccountFacts, message: Signed) -> Found:
    address = f"{settings.BASE_URL}/connect/{facts.platform}/{facts.code}"
    answer = _to_ourselves(address, message)
    if isinstance(answer, str):
        zh, en = f"我方推送地址无法连通（{answer}）", f"our own address can't be reached ({answer})"
        return Found(False, f"{zh}：{address}", f"{en}: {address}")
    if answer.status_code == 200 and _says_well(facts.platform, answer):
        return Found(True, "我方推送地址已接受签名消息", "our own address accepts a signed message")
    return Found(
        False,
        f"我方推送地址拒绝了签名消息（HTTP {answer.status_code}）：{address}",
        f"our own address refuses a signed message (HTTP {answer.status_code}): {address}",
    )


def _their_address(facts: AccountFacts, message: Signed) -> Found:
    answer = guarded.post(facts.address, message.body, message.headers)
    status = answer.status
    if status is None:
        return Found(False, f"对方地址无法连通（{answer.error}）", f"their address can't be reached ({answer.error})")
    return Found(200 <= status < 300, f"对方地址应答 HTTP {status}", f"their address answered HTTP {status}")


def _says_well(platform: str, answer: httpx.Response) -> bool:
    try:
        return platform != "yanxuan" or answer.json()["code"] == 200
    except (ValueError, KeyError, TypeError):
        return False


def _to_ourselves(address: str, message: Signed) -> httpx.Response | str:
    """What was answered, or the kind of failure; our own address may be a private one."""
    try:
        return httpx.post(
            address, content=message.body, headers=message.headers, timeout=PATIENCE, follow_redirects=False
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return type(error).__name__
