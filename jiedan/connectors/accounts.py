"""Connections to shops: their credentials sealed, their pulls scheduled, and who a push comes from."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from jiedan.connectors import crew
from jiedan.connectors.kaola.client import KaolaClient
from jiedan.connectors.models import Account
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
            "platform": platform, "shop": shop, "name": name, "address": address, "credentials": credentials,
            "code": code or f"{platform}-{shop}".lower().replace("_", "-")[:40],
        }  # fmt: skip
        pk = dispatch("connectors.connect_shop", SYSTEM, given, channel="command").subject.pk
        account = rows.select_related("key").get(pk=pk)
    else:
        account.name, account.address = name, address
        account.credentials = sealed_credentials(account.key, credentials)
        account.save(update_fields=["name", "address", "credentials"])
    if platform == "kaola":
        schedule(f"pull {platform} {shop}", "jiedan.connectors.kaola.pull.pull", [account.pk], every, now)
    return account


def sealed_credentials(key: DataKey, credentials: dict[str, str]) -> bytes:
    """The credentials as they are kept."""
    return vault.seal(key.opened(), credentials, PURPOSE)


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
        found = (moment + KEPT, crew.have_done(_asked, platform, code))
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
