"""Trying a connection for real, without effect on orders: one signed call, and what came of it (clause 2.1.2).

Kaola: a harmless call to the platform. The two push channels: a message signed with the connection's own secret is
verified as the door would verify it, and, when the other side has an address, that address is called.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

import httpx

from jiedan.connectors.accounts import AccountFacts, facts_of, kaola_client
from jiedan.connectors.kaola.client import KaolaError
from jiedan.connectors.models import Account
from jiedan.connectors.webhook import signing
from jiedan.connectors.webhook.signing import Headers, Unverified
from jiedan.connectors.yanxuan import protocol
from jiedan.connectors.yanxuan.protocol import Refusal

PATIENCE = 8.0
"""Seconds for the other side to answer."""


@dataclass(frozen=True, slots=True)
class Found:
    """Whether it works, and what was found, in both languages."""

    ok: bool
    zh: str
    en: str


def tried(account: Account, now: datetime) -> Found:
    """What a live test finds."""
    return _TESTS[account.platform](account, now)


def _kaola(account: Account, _now: datetime) -> Found:
    try:
        with kaola_client(account) as client:
            companies = client.logistics_companies()
    except KaolaError as error:
        return Found(False, error.sentence("zh"), error.sentence("en"))
    count = len(companies)
    return Found(True, f"平台已应答，列出 {count} 家物流公司", f"the platform answered and listed {count} carriers")


def _webhook(account: Account, now: datetime) -> Found:
    facts, body = facts_of(account), b'{"type":"connection.test"}'
    made = signing.headers(facts.secrets[0], "test", now, body)
    try:
        given = Headers(made["webhook-id"], made["webhook-timestamp"], made["webhook-signature"])
        signing.check(facts.secrets, given, body, now)
    except (Unverified, signing.BadSecret) as error:
        return Found(False, f"用本连接的密钥签名后无法通过验证：{error}", f"its own signature doesn't verify: {error}")
    return _reached(facts, body, made)


def _yanxuan(account: Account, now: datetime) -> Found:
    facts = facts_of(account)
    key = facts.credentials.get("app_key", "")
    given = protocol.signed(protocol.LIST, {}, key, facts.secrets[0], now)
    try:
        protocol.check(given, key, facts.secrets, now)
    except Refusal as error:
        return Found(
            False, f"用本连接的密钥签名后无法通过验证：{error.zh}", f"its own signature doesn't verify: {error.en}"
        )
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    return _reached(facts, urlencode(given).encode(), form)


def _reached(facts: AccountFacts, body: bytes, headers: dict[str, str]) -> Found:
    verified = ("签名可以通过验证", "the signature verifies")
    if not facts.address:
        return Found(True, f"{verified[0]}；对方未提供回调地址", f"{verified[1]}; the other side gave no address")
    try:
        answer = httpx.post(facts.address, content=body, headers=headers, timeout=PATIENCE, follow_redirects=False)
    except httpx.HTTPError as error:
        kind = type(error).__name__
        return Found(
            False,
            f"{verified[0]}，但对方地址无法连通（{kind}）",
            f"{verified[1]}, but their address can't be reached ({kind})",
        )
    return Found(
        answer.status_code < 500,
        f"{verified[0]}；对方地址应答 HTTP {answer.status_code}",
        f"{verified[1]}; their address answered HTTP {answer.status_code}",
    )


_TESTS = {"kaola": _kaola, "webhook": _webhook, "yanxuan": _yanxuan}
