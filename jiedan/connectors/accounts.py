"""Connections to shops: their credentials sealed, their pulls scheduled, and who a push comes from."""

import base64
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from django.utils.translation import gettext as _

from jiedan.connectors import crew
from jiedan.connectors.kaola.client import KaolaClient
from jiedan.connectors.models import Account
from jiedan.connectors.webhook import signing
from jiedan.core import clock
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.periodic import schedule
from jiedan.orders import access, vault
from jiedan.orders.models import DataKey
from jiedan.people.actor import SYSTEM

PLATFORMS = ("kaola", "yanxuan", "webhook")
FIELDS = {
    "kaola": ("app_key", "secret", "access_token"),
    "yanxuan": ("app_key", "secret"),
    "webhook": ("secret",),
}
"""What the credentials of each platform consist of."""
EVERY = timedelta(minutes=1)
PURPOSE = "credentials"
KEPT = 1.0
"""Seconds for which a process remembers an account; a change counts everywhere after that."""


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What a way in has to know of a connection; `secrets` are those that count now, the newest first."""

    id: int
    platform: str
    shop: str
    name: str
    code: str
    stage: str
    address: str
    secrets: tuple[str, ...]
    credentials: Mapping[str, str]


def connect(
    platform: str,
    shop: str,
    name: str,
    address: str,
    credentials: dict[str, str],
    now: datetime,
    every: timedelta = EVERY,
    code: str = "",
) -> Account:
    """Connect a shop (or give it other credentials) and have it pulled from now on, if it is one that we ask."""
    rows = access.visible(SYSTEM, Account)
    account = rows.select_related("key").filter(platform=platform, shop=shop).first()
    if account is None:
        given = {
            "platform": platform, "shop": shop, "name": name, "address": address, **credentials,
            "code": code or f"{platform}-{shop}".lower().replace("_", "-")[:40],
        }  # fmt: skip
        pk = dispatch("connectors.connect_shop", SYSTEM, given, channel="command").subject.pk
        account = rows.select_related("key").get(pk=pk)
    else:
        if (account.name, account.address) != (name, address or account.address):
            given = {"name": name, "address": address, "reason": "重新连接"}
            dispatch("connectors.change_connection", SYSTEM, given, subject=account, channel="command")
        if any(opened_credentials(account).get(field) != value for field, value in credentials.items()):
            renewed = {**credentials, "overlap_hours": 0, "reason": "重新连接"}
            dispatch("connectors.rotate_credentials", SYSTEM, renewed, subject=account, channel="command")
        account = rows.select_related("key").get(pk=account.pk)
    have_pulled(account, now, every)
    return account


def have_pulled(account: Account, now: datetime, every: timedelta = EVERY) -> None:
    """Have the shop pulled again and again, if its platform is one that we ask."""
    if account.platform == "kaola":
        name = f"pull {account.platform} {account.shop}"
        schedule(name, "jiedan.connectors.kaola.pull.pull", [account.pk], every, now)


def sealed_credentials(key: DataKey, credentials: dict[str, str]) -> bytes:
    """The credentials as they are kept."""
    return vault.seal(key.opened(), credentials, PURPOSE)


def made_secret() -> str:
    """A fresh secret for a webhook: 32 random bytes."""
    return signing.PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def wrong_secret(platform: str, secret: str) -> str | None:
    """The sentence that says why a secret can't be one of this platform; None when it can."""
    if platform != "webhook":
        return None
    try:
        signing.key_of(secret)
    except signing.BadSecret:
        return _("It has to be base64 of 24 to 64 bytes, usually after whsec_; or leave it empty.")
    return None


def opened_credentials(account: Account) -> dict[str, str]:
    """The credentials in the clear. Raises vault.Unreadable."""
    return vault.unseal(account.key.opened(), bytes(account.credentials), PURPOSE)


def kaola_client(account: Account) -> KaolaClient:
    """A client with the account's credentials."""
    held = opened_credentials(account)
    return KaolaClient(account.address, held["app_key"], held["secret"], held["access_token"])


def known(platform: str, code: str) -> AccountFacts | None:
    """The connection that pushes to this code, as of at most a second ago; None when there is none."""
    place, moment = (platform, code), time.monotonic()
    found = _remembered.get(place)
    if found is None or found[0] < moment:
        # A hundred pushes may stand at the door when a second is over; one of them asks.
        found = (moment + KEPT, crew.have_done_once(("account", *place), lambda: _asked(platform, code)))
        with _lock:
            if len(_remembered) > 1000:
                _remembered.clear()
            _remembered[place] = found
    return found[1]


def forget() -> None:
    """Drop what was remembered: after a change in this process, and between tests."""
    _remembered.clear()


_remembered: dict[tuple[str, str], tuple[float, AccountFacts | None]] = {}
_lock = Lock()


def _asked(platform: str, code: str) -> AccountFacts | None:
    rows = access.visible(SYSTEM, Account).select_related("key")
    account = rows.filter(platform=platform, code=code).first()
    return None if account is None else facts_of(account)


def facts_of(account: Account) -> AccountFacts:
    """The facts of a connection, its secrets opened."""
    held = opened_credentials(account)
    return AccountFacts(
        id=account.pk, platform=account.platform, shop=account.shop, name=account.name, code=account.code,
        stage=account.stage, address=account.address, secrets=_valid_secrets(held, clock.now()), credentials=held,
    )  # fmt: skip


def _valid_secrets(held: Mapping[str, str], now: datetime) -> tuple[str, ...]:
    """The secret, and earlier ones ([{"secret", "until"}] as JSON under "earlier") whose overlap hasn't ended."""
    earlier = json.loads(held.get("earlier", "[]"))
    kept = [row["secret"] for row in earlier if datetime.fromisoformat(row["until"]) > now]
    return tuple(secret for secret in (held.get("secret", ""), *kept) if secret)
