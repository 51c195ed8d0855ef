"""What messages about listings do (clause 2.1.1)."""

from jiedan.acquisition import listing_feed
from jiedan.acquisition.listing_feed import TakenListing
from jiedan.connectors.accounts import AccountFacts
from jiedan.connectors.webhook.messages import PLATFORM, Posted, TakenDown


def take_in_listing(account: AccountFacts, said: Posted | TakenDown) -> TakenListing:
    """Do what the message says of a listing of this connection."""
    if isinstance(said, Posted):
        return listing_feed.take_listing(PLATFORM, account.shop, said.listing)
    return listing_feed.withdraw(PLATFORM, account.shop, said.external_id)
