"""Connecting a shop: its credentials sealed, its pulls scheduled."""

from datetime import datetime, timedelta

from jiedan.connectors.kaola.client import KaolaClient
from jiedan.connectors.models import Account
from jiedan.kernel.periodic import schedule
from jiedan.orders import vault
from jiedan.orders.models import DataKey

EVERY = timedelta(minutes=1)
PURPOSE = "credentials"


def connect(
    platform: str,
    shop: str,
    name: str,
    address: str,
    credentials: dict[str, str],
    now: datetime,
    every: timedelta = EVERY,
) -> Account:
    """Connect a shop (or give it other credentials) and have it pulled from now on."""
    account = Account.objects.select_related("key").filter(platform=platform, shop=shop).first()
    if account is None:
        key = DataKey.fresh()
        key.save()
        account = Account(platform=platform, shop=shop, key=key)
    account.name, account.address = name, address
    account.credentials = vault.seal(account.key.opened(), credentials, PURPOSE)
    account.save()
    schedule(f"pull {platform} {shop}", "jiedan.connectors.kaola.pull.pull", [account.pk], every, now)
    return account


def kaola_client(account: Account) -> KaolaClient:
    """A client with the account's credentials."""
    held = vault.unseal(account.key.opened(), bytes(account.credentials), PURPOSE)
    return KaolaClient(account.address, held["app_key"], held["secret"], held["access_token"])
