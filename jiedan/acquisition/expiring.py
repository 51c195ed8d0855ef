"""Listings that are over on the platform leave the square (clause 2.1.1)."""

from jiedan.acquisition.models import Listing
from jiedan.core import clock
from jiedan.core.lifecycle import ListingStage
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Refused
from jiedan.orders import access
from jiedan.people.actor import SYSTEM

MOST = 500
"""Listings in one round; the next one follows within a minute."""


def lapse_listings() -> int:
    """Take out what nobody claimed in time, the longest over first; returns how many."""
    over = access.visible(SYSTEM, Listing).filter(stage=ListingStage.OPEN, valid_until__lte=clock.now())
    return sum(_lapsed(listing) for listing in over.order_by("valid_until")[:MOST])


def _lapsed(listing: Listing) -> bool:
    try:
        dispatch("acquisition.lapse_listing", SYSTEM, {}, subject=listing, channel="timer")
    except Refused:
        # Somebody claimed it, or the platform said another moment, in between.
        return False
    return True
