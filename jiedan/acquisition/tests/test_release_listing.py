"""Giving a listing back (clause 2.1.1)."""

import pytest

from jiedan.acquisition.models import Listing
from jiedan.core.lifecycle import ListingStage
from jiedan.core.roles import Role
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Refused
from jiedan.kernel.models import Record
from tests.cast import Cast, acting, listing_at, person


def test_the_head_gives_back_what_an_absent_taker_claimed(cast: Cast) -> None:
    listing = listing_at(ListingStage.CLAIMED, cast)
    dispatch("acquisition.release_listing", acting(cast.head), {"reason": "病假"}, subject=listing)
    listing = Listing.objects.get(pk=listing.pk)
    assert (listing.stage, listing.claimed_by) == (ListingStage.OPEN, None)


def test_a_colleague_of_the_claimer_is_told_whose_it_is_and_nothing_changes(cast: Cast) -> None:
    listing = listing_at(ListingStage.CLAIMED, cast)
    colleague = person("1010", "钱小多", cast.home, Role.ORDER_TAKER)
    records = Record.objects.count()
    with pytest.raises(Refused, match="张晓月"):
        dispatch("acquisition.release_listing", acting(colleague), {"reason": "想要"}, subject=listing)
    assert Listing.objects.get(pk=listing.pk).claimed_by == cast.taker
    assert Record.objects.count() == records
