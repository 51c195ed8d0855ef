"""What messages about listings do, each kept with its effect and answered like the first time (clauses 2.1.1, 2.1.2)."""

import hashlib

from django.db import transaction

from jiedan.acquisition import identity, listing_feed
from jiedan.acquisition.intake import Outcome
from jiedan.acquisition.listing_feed import TakenListing
from jiedan.connectors import desk, quarantine
from jiedan.connectors.accounts import AccountFacts
from jiedan.connectors.models import Message
from jiedan.connectors.webhook.messages import PLATFORM, Posted, TakenDown
from jiedan.core import clock
from jiedan.orders import vault
from jiedan.orders.models import DataKey

_CHANGING = frozenset({Outcome.CREATED, Outcome.CHANGED, Outcome.CANCELLED})
"""The same again says nothing new; everything else is kept as it came."""


def take_in_listing(account: AccountFacts, said: Posted | TakenDown) -> TakenListing:
    """Do what the message says of a listing of this connection."""
    if isinstance(said, Posted):
        return listing_feed.take_listing(PLATFORM, account.shop, said.listing)
    return listing_feed.withdraw(PLATFORM, account.shop, said.external_id)


def hand_in_listing(account: AccountFacts, said: Posted | TakenDown, raw: bytes, message_id: str) -> TakenListing:
    """Keep the message and do what it says, in one transaction; the same number again is answered like the first time.

    Raises desk.IdReused when the number was used for another text.
    """
    digest = hashlib.sha256(raw).hexdigest()
    with transaction.atomic():
        # All at once, so that two messages never wait for each other crosswise.
        identity.hold([("message", str(account.id), message_id), ("listing", PLATFORM, account.shop, said.external_id)])
        kept = Message.objects.filter(account=account.id, message_id=message_id).exclude(message_id="")
        before = kept.select_related("listing").first()
        if before is not None:
            if before.digest != digest:
                raise desk.IdReused
            return TakenListing(Outcome(before.outcome), "" if before.listing is None else before.listing.ref)
        taken = take_in_listing(account, said)
        _keep(account, said.kind, raw, digest, message_id, taken)
        quarantine.settle_listing(_good(account, said, taken))
        return taken


def _good(account: AccountFacts, said: Posted | TakenDown, taken: TakenListing) -> quarantine.Good:
    updated_at = said.listing.updated_at if isinstance(said, Posted) else None
    is_new = taken.outcome is not Outcome.UNCHANGED
    return quarantine.Good(account.id, said.external_id, "", updated_at, is_new, now=False)


def _keep(account: AccountFacts, kind: str, raw: bytes, digest: str, message_id: str, taken: TakenListing) -> None:
    key, sealed = None, None
    if taken.listing is not None and taken.outcome in _CHANGING:
        key = _key(taken.listing)
        sealed = vault.seal(key.opened(), {"raw": raw.decode("utf-8", "backslashreplace")}, desk.PURPOSE)
    Message.objects.create(
        account_id=account.id, message_id=message_id, kind=kind, digest=digest, received_at=clock.now(),
        outcome=taken.outcome.value, listing_id=taken.listing, key=key, sealed=sealed,
    )  # fmt: skip


def _key(listing: int) -> DataKey:
    """The key of all that was said of this listing."""
    kept = Message.objects.filter(listing=listing).exclude(key=None).select_related("key").order_by("pk").first()
    if kept is not None and kept.key is not None:
        return kept.key
    fresh = DataKey.fresh()
    fresh.save()
    return fresh
