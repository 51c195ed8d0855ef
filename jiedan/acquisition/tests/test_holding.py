"""Holding a listing: not too many, not for ever, and others first after giving one back (2.1.1)."""

from datetime import timedelta

import pytest

from jiedan.acquisition.models import Listing
from jiedan.core import clock
from jiedan.core.lifecycle import ListingStage
from jiedan.core.roles import Role
from jiedan.kernel import notices, timers
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Refused
from jiedan.kernel.models import Deadline, Procedure, Record
from jiedan.kernel.verify import verify_database
from tests.cast import FRIDAY, Cast, acting, listing_at, logged_in, person, shanghai

CLAIM = "acquisition.claim_listing"


def fresh(listing: Listing) -> Listing:
    return Listing.objects.get(pk=listing.pk)


def test_nobody_holds_more_than_the_company_allows(cast: Cast) -> None:
    set_values = {"values": {"claims_at_once": "2"}, "reason": "试行"}
    dispatch("administration.set_values", acting(cast.decider), set_values, subject=Procedure.objects.get())
    with clock.at(FRIDAY + timedelta(minutes=1)):
        for _number in range(2):
            listing_at(ListingStage.CLAIMED, cast)
        third = listing_at(ListingStage.OPEN, cast)
        with pytest.raises(Refused) as refused:
            dispatch(CLAIM, acting(cast.taker), {}, subject=third)
        assert "2" in str(refused.value.sentence)
        colleague = person("1010", "钱小多", cast.home, Role.ORDER_TAKER)
        dispatch(CLAIM, acting(colleague), {}, subject=third)
    assert fresh(third).claimed_by == colleague


def test_who_gave_a_listing_back_lets_others_go_first_for_a_while(cast: Cast) -> None:
    listing = listing_at(ListingStage.CLAIMED, cast)
    dispatch("acquisition.release_listing", acting(cast.taker), {"reason": "太忙"}, subject=listing)
    with pytest.raises(Refused) as refused:
        dispatch(CLAIM, acting(cast.taker), {}, subject=listing)
    assert "09-18 19:30" in str(refused.value.sentence)
    with clock.at(FRIDAY + timedelta(hours=2)):
        dispatch(CLAIM, acting(cast.taker), {}, subject=listing)
    assert fresh(listing).claimed_by == cast.taker


def test_a_colleague_need_not_wait(cast: Cast) -> None:
    listing = listing_at(ListingStage.CLAIMED, cast)
    dispatch("acquisition.release_listing", acting(cast.taker), {"reason": "太忙"}, subject=listing)
    dispatch(CLAIM, acting(cast.head), {}, subject=listing)
    assert fresh(listing).claimed_by == cast.head


def test_a_claim_without_a_contact_goes_back_when_its_time_is_over(cast: Cast) -> None:
    listing = listing_at(ListingStage.CLAIMED, cast)
    row = Deadline.objects.get(name="hold_listing")
    assert (row.due_at, row.warn_at is not None) == (shanghai(9, 20, 18, 0), True)
    with clock.at(shanghai(9, 20, 18, 1)):
        timers.sweep(clock.now())
        notices.carry_out(clock.now())
        notices.carry_out(clock.now())
    listing = fresh(listing)
    assert (listing.stage, listing.claimed_by, listing.last_held_by) == (ListingStage.OPEN, None, cast.taker)
    records = Record.objects.filter(action="acquisition.return_listing")
    assert [record.actor_id for record in records] == [None]
    assert dict(Deadline.objects.values_list("name", "status")) == {"contact_customer": "late", "hold_listing": "late"}
    assert verify_database().ok


def test_a_listing_whose_customer_was_contacted_stays_with_whoever_claimed_it(cast: Cast) -> None:
    listing = listing_at(ListingStage.CONTACTED, cast)
    with clock.at(shanghai(9, 25, 9, 0)):
        timers.sweep(clock.now())
        notices.carry_out(clock.now())
    assert (fresh(listing).stage, fresh(listing).claimed_by) == (ListingStage.CONTACTED, cast.taker)


def test_who_has_seen_a_listing_is_known_once_for_each_person(cast: Cast) -> None:
    listing = listing_at(ListingStage.OPEN, cast)
    for staff in (cast.head, cast.taker, cast.taker):
        assert logged_in(staff).post(f"/listings/{listing.ref}/read/").status_code == 204
    page = logged_in(cast.supervisor).get(f"/listings/{listing.ref}/").content.decode()
    assert "李建国" in page
    assert "张晓月" in page
    assert Record.objects.filter(action="acquisition.read_listing").count() == 2
