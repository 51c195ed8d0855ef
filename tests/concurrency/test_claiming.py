"""One person claims several listings in the same moment: never more than the company allows at once (2.1.1)."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import connection

from jiedan.acquisition import guards, identity
from jiedan.acquisition.models import Listing
from jiedan.core.lifecycle import ListingStage
from jiedan.core.roles import Role
from jiedan.kernel.action import REGISTRY
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import Procedure, Record
from jiedan.people.models import Staff
from tests.cast import Cast, acting, listing_at, person
from tests.concurrency.together import together

pytestmark = pytest.mark.django_db(transaction=True)
MOST = 3


@pytest.fixture(autouse=True)
def limit(cast: Cast) -> None:
    given = {"values": {"claims_at_once": str(MOST)}, "reason": "试行"}
    dispatch("administration.set_values", acting(cast.decider), given, subject=Procedure.objects.get())


def _claim(staff: Staff, listing: Listing) -> Callable[[], str]:
    return lambda: dispatch("acquisition.claim_listing", acting(staff), {}, subject=listing).record.action


def _held(staff: Staff) -> int:
    return Listing.objects.filter(claimed_by=staff, stage=ListingStage.CLAIMED).count()


def test_twelve_claims_of_one_person_at_once_stop_at_the_limit(cast: Cast) -> None:
    listings = [listing_at(ListingStage.OPEN, cast) for _ in range(12)]
    found = together([_claim(cast.taker, listing) for listing in listings])
    assert found == {"acquisition.claim_listing": MOST, "Refused": 12 - MOST}
    assert _held(cast.taker) == MOST
    assert Record.objects.filter(action="acquisition.claim_listing").count() == MOST


def test_two_people_who_claim_the_same_listings_crosswise_never_wait_for_one_another(cast: Cast) -> None:
    colleague = person("1010", "钱小多", cast.home, Role.ORDER_TAKER)
    listings = [listing_at(ListingStage.OPEN, cast) for _ in range(6)]
    steps = [_claim(cast.taker, one) for one in listings] + [_claim(colleague, one) for one in reversed(listings)]
    found = together(steps)
    assert found == {"acquisition.claim_listing": 6, "Refused": 6}
    assert (_held(cast.taker), _held(colleague)) == (MOST, MOST)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time: no race to lose")
def test_without_holding_ones_claims_the_limit_can_be_passed(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    # Positive control: both have counted what the person holds before either is committed.
    monkeypatch.setattr(identity, "hold", lambda _names: None)
    counted = threading.Barrier(2, timeout=20)
    count = guards.may_hold_more

    def wait_for_the_other(listing: Listing, ctx: object) -> str | None:
        found = count(listing, ctx)  # type: ignore[arg-type]
        counted.wait()
        return found

    for _ in range(MOST - 1):
        _claim(cast.taker, listing_at(ListingStage.OPEN, cast))()
    listings = [listing_at(ListingStage.OPEN, cast) for _ in range(2)]
    claim = REGISTRY["acquisition.claim_listing"]
    kept = tuple(wait_for_the_other if guard is count else guard for guard in claim.guards)
    monkeypatch.setitem(REGISTRY._actions, claim.code, replace(claim, guards=kept))
    found = together([_claim(cast.taker, one) for one in listings])
    assert found == {"acquisition.claim_listing": 2}
    assert _held(cast.taker) == MOST + 1
