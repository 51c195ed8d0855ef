"""How a listing leaves the square and comes back: passed on, dismissed and reopened, over by itself (clause 2.1.1)."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from jiedan.acquisition import expiring, guards
from jiedan.acquisition.models import Listing
from jiedan.acquisition.tests.test_scopes import declare, posted
from jiedan.core import clock
from jiedan.core.lifecycle import ListingStage
from jiedan.core.roles import Role
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Forbidden, Invalid, Refused
from jiedan.kernel.models import PeriodicTask, Record
from jiedan.kernel.verify import verify_database
from tests.cast import FRIDAY, Cast, acting, listing_at, person

UNTIL = FRIDAY + timedelta(hours=1)


def fresh(listing: Listing) -> Listing:
    return Listing.objects.get(pk=listing.pk)


def facts(step: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Record.objects.get(action=f"acquisition.{step}").body)["facts"]
    return found


def lapse(at: datetime) -> int:
    with clock.at(at):
        return expiring.lapse_listings()


def test_what_a_department_does_not_want_goes_to_the_next_that_it_fits(cast: Cast) -> None:
    declare(cast.decider, cast.service.pk, categories="家居", price_to="50000")
    listing = posted(cast, budget="7200")
    dispatch("acquisition.pass_on_listing", acting(cast.taker), {"reason": "产能已满"}, subject=listing)
    listing = fresh(listing)
    assert (listing.department, listing.stage, listing.score) == (cast.service, ListingStage.OPEN, 100)
    said = facts("pass_on_listing")
    assert (said["passed_by"], said["to"], said["reason"]) == ("HOME", "SERV", "产能已满")


def test_what_no_other_wants_waits_with_the_company_and_is_not_proposed_again(cast: Cast) -> None:
    declare(cast.decider, cast.home.pk, categories="家居")
    declare(cast.decider, cast.service.pk, categories="家居")
    listing = posted(cast)
    for who in (cast.taker, cast.outsider):
        dispatch("acquisition.pass_on_listing", acting(who), {"reason": "做不了"}, subject=listing)
    listing = fresh(listing)
    assert (listing.department, listing.passed) == (cast.company, [cast.home.pk, cast.service.pk])
    with pytest.raises(Forbidden):
        dispatch("acquisition.pass_on_listing", acting(cast.taker), {"reason": "做不了"}, subject=listing)


def test_the_company_itself_passes_nothing_on(cast: Cast) -> None:
    head = person("1020", "总经办", cast.company, Role.DEPARTMENT_HEAD)
    listing = posted(cast)
    dispatch("acquisition.pass_on_listing", acting(cast.taker), {"reason": "做不了"}, subject=listing)
    before = Record.objects.count()
    with pytest.raises(Refused, match="LS"):
        dispatch("acquisition.pass_on_listing", acting(head), {"reason": "做不了"}, subject=listing)
    assert (Record.objects.count(), fresh(listing).department) == (before, cast.company)


def test_what_somebody_else_claimed_is_not_dismissed_over_their_head(cast: Cast) -> None:
    listing = listing_at(ListingStage.CLAIMED, cast)
    colleague = person("1010", "钱小多", cast.home, Role.ORDER_TAKER)
    before = Record.objects.count()
    with pytest.raises(Refused, match="张晓月"):
        dispatch("acquisition.dismiss_listing", acting(colleague), {"reason": "做不了"}, subject=listing)
    assert (Record.objects.count(), fresh(listing).stage) == (before, ListingStage.CLAIMED)


def test_a_dismissed_listing_is_opened_again_with_a_reason_and_judged_anew(cast: Cast) -> None:
    listing = listing_at(ListingStage.CLAIMED, cast)
    dispatch("acquisition.dismiss_listing", acting(cast.taker), {"reason": "做不了"}, subject=listing)
    declare(cast.decider, cast.home.pk, categories="家居")
    with pytest.raises(Invalid):
        dispatch("acquisition.reopen_listing", acting(cast.taker), {"reason": ""}, subject=listing)
    dispatch("acquisition.reopen_listing", acting(cast.taker), {"reason": "新增产线"}, subject=listing)
    listing = fresh(listing)
    assert (listing.stage, listing.claimed_by, listing.score) == (ListingStage.OPEN, None, 100)
    assert facts("reopen_listing")["reason"] == "新增产线"
    assert verify_database().ok


@pytest.mark.parametrize("stage", [ListingStage.LAPSED, ListingStage.WON])
def test_what_is_over_or_won_is_not_opened_again(cast: Cast, stage: ListingStage) -> None:
    listing = listing_at(stage, cast)
    before = Record.objects.count()
    with pytest.raises(Refused):
        dispatch("acquisition.reopen_listing", acting(cast.taker), {"reason": "再试"}, subject=listing)
    assert (Record.objects.count(), fresh(listing).stage) == (before, stage)


def test_what_is_over_leaves_the_square_by_itself_once_and_on_record(cast: Cast) -> None:
    listing, later = posted(cast, valid_until=UNTIL), posted(cast, valid_until=UNTIL + timedelta(hours=1))
    endless = posted(cast)
    assert lapse(UNTIL - timedelta(seconds=1)) == 0
    assert (lapse(UNTIL), lapse(UNTIL)) == (1, 0)
    assert [fresh(one).stage for one in (listing, later, endless)] == ["lapsed", "open", "open"]
    record = Record.objects.get(action="acquisition.lapse_listing")
    assert (record.actor_id, record.subject_id, record.clause) == (None, listing.pk, "2.1.1")
    assert facts("lapse_listing")["valid_until"] == "2026-09-18T18:30:00+08:00"
    assert (
        PeriodicTask.objects.get(name="listings that are over").function == "jiedan.acquisition.expiring.lapse_listings"
    )


def test_what_somebody_has_claimed_stays_and_leaves_when_it_is_given_back(cast: Cast) -> None:
    listing = posted(cast, valid_until=UNTIL)
    dispatch("acquisition.claim_listing", acting(cast.taker), {}, subject=listing)
    assert lapse(UNTIL) == 0
    dispatch("acquisition.release_listing", acting(cast.taker), {"reason": "客户已定"}, subject=listing)
    assert lapse(UNTIL) == 1


def test_nobody_claims_or_reopens_what_is_over_even_before_the_timer_came(cast: Cast) -> None:
    listing, dismissed = posted(cast, valid_until=UNTIL), posted(cast, valid_until=UNTIL)
    dispatch("acquisition.dismiss_listing", acting(cast.taker), {"reason": "做不了"}, subject=dismissed)
    before = Record.objects.count()
    with clock.at(UNTIL):
        for step, subject in (("claim_listing", listing), ("reopen_listing", dismissed)):
            given = {"reason": "再试"} if step == "reopen_listing" else {}
            with pytest.raises(Refused, match="2026-09-18 18:30"):
                dispatch(f"acquisition.{step}", acting(cast.taker), given, subject=subject)
    assert Record.objects.count() == before


def test_the_timer_leaves_what_changed_in_between(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    listing = posted(cast, valid_until=UNTIL)
    monkeypatch.setattr(guards, "still_there", lambda _listing, _ctx: None)
    assert lapse(UNTIL) == 0
    assert fresh(listing).stage == ListingStage.OPEN


def test_a_listing_that_is_over_already_is_not_posted(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        posted(cast, valid_until=FRIDAY)
    assert list(refused.value.fields) == ["valid_until"]
    assert not Listing.objects.exists()
