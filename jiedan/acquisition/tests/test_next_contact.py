"""The next contact that was agreed on has a clock: warned of, missed, ended by what comes next (clause 2.1.1)."""

from datetime import timedelta
from typing import Any

import pytest

from jiedan.acquisition.models import Listing
from jiedan.core import clock
from jiedan.core.lifecycle import ListingStage
from jiedan.kernel import clocks, notices, timers
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Invalid
from jiedan.kernel.models import Deadline, Notice, Procedure, Record
from jiedan.kernel.verify import verify_database
from tests.cast import FRIDAY, Cast, acting, listing_at, logged_in, shanghai

AGREED = "2026-09-21"
"""A Monday on which people work; it begins to count when that day is over."""


def contact(listing: Listing, cast: Cast, step: str = "log_contact", **more: Any) -> None:
    given = {"channel": "phone", "learned": "要先看样品", "next_step": "送样", **more}
    dispatch(f"acquisition.{step}", acting(cast.taker), given, subject=listing)


def agreed(cast: Cast, day: str = AGREED) -> Listing:
    listing = listing_at(ListingStage.CLAIMED, cast)
    contact(listing, cast, "contact_customer", next_on=day)
    return Listing.objects.get(pk=listing.pk)


def next_contacts() -> list[str]:
    return list(Deadline.objects.filter(name="next_contact").order_by("round").values_list("status", flat=True))


def sweep() -> None:
    timers.sweep(clock.now())
    notices.carry_out(clock.now())


def test_the_limit_counts_in_working_time_from_the_end_of_the_agreed_day(cast: Cast) -> None:
    listing = agreed(cast)
    row = Deadline.objects.get(name="next_contact")
    assert (row.started_at, row.clause, row.department_id) == (FRIDAY, "2.1.1", cast.home.pk)
    assert (row.due_at, row.warn_at) == (shanghai(9, 22, 14, 30), shanghai(9, 21, 9, 30))
    assert listing.due_at == row.due_at
    assert [computed.due_at for computed in clocks.computed(listing)][-1] == row.due_at


def test_the_company_sets_how_long_after_that_day(cast: Cast) -> None:
    given = {"values": {"next_contact_hours": "1", "next_contact_warning_hours": "0"}, "reason": "抓紧"}
    dispatch("administration.set_values", acting(cast.decider), given, subject=Procedure.objects.get())
    with clock.at(FRIDAY + timedelta(minutes=1)):
        agreed(cast)
    row = Deadline.objects.get(name="next_contact")
    assert (row.due_at, row.warn_at) == (shanghai(9, 22, 10, 0), shanghai(9, 22, 10, 0))


def test_a_contact_without_a_day_starts_no_clock(cast: Cast) -> None:
    listing = listing_at(ListingStage.CONTACTED, cast)
    assert (next_contacts(), listing.due_at) == ([], None)


def test_the_next_contact_keeps_it_and_begins_the_next(cast: Cast) -> None:
    listing = agreed(cast)
    with clock.at(shanghai(9, 21, 10, 0)):
        contact(listing, cast, next_on="2026-09-23")
    assert next_contacts() == ["kept", "running"]
    with clock.at(shanghai(9, 24, 17, 0)):
        contact(listing, cast)
    assert next_contacts() == ["kept", "late"]
    assert Listing.objects.get(pk=listing.pk).due_at is None


def test_who_holds_it_is_warned_on_the_day_and_the_head_told_when_it_was_missed(cast: Cast) -> None:
    listing = agreed(cast)
    with clock.at(shanghai(9, 21, 9, 31)):
        sweep()
    assert {notice.staff for notice in Notice.objects.filter(record__action="kernel.warn")} == {cast.taker}
    with clock.at(shanghai(9, 22, 14, 31)):
        sweep()
    told = Notice.objects.filter(record__action="kernel.mark_overdue")
    assert {notice.staff for notice in told} == {cast.taker, cast.head, cast.decider}
    listing.refresh_from_db()
    assert (listing.stage, listing.claimed_by) == (ListingStage.CONTACTED, cast.taker)
    assert verify_database().ok


@pytest.mark.parametrize(
    ("step", "given"),
    [
        ("release_listing", {"reason": "调岗"}),
        ("dismiss_listing", {"reason": "客户改主意"}),
        (
            "turn_into_order",
            {"customer_name": "李雷", "customer_phone": "13900001111", "lines": [{"name": "灯", "unit_price": "9"}]},
        ),
    ],
)
def test_giving_it_back_dismissing_it_and_winning_it_end_the_clock(cast: Cast, step: str, given: Any) -> None:
    listing = agreed(cast)
    dispatch(f"acquisition.{step}", acting(cast.taker), given, subject=listing)
    assert next_contacts() == ["void"]
    assert Listing.objects.get(pk=listing.pk).due_at is None


def test_what_is_given_back_begins_anew_for_whoever_claims_it_next(cast: Cast) -> None:
    listing = agreed(cast)
    dispatch("acquisition.release_listing", acting(cast.taker), {"reason": "调岗"}, subject=listing)
    listing.refresh_from_db()
    assert (listing.stage, listing.next_step, listing.next_on) == (ListingStage.OPEN, "", None)
    dispatch("acquisition.claim_listing", acting(cast.head), {}, subject=listing)
    running = Deadline.objects.filter(ended_at=None).values_list("name", flat=True)
    assert sorted(running) == ["contact_customer", "hold_listing"]


@pytest.mark.parametrize("day", ["2026-09-17", "2027-09-30"])
def test_a_day_that_is_over_or_far_away_is_refused_and_nothing_changes(cast: Cast, day: str) -> None:
    listing = listing_at(ListingStage.CONTACTED, cast)
    records = Record.objects.count()
    with pytest.raises(Invalid) as refused:
        contact(listing, cast, next_on=day)
    assert list(refused.value.fields) == ["next_on"]
    assert (Record.objects.count(), next_contacts()) == (records, [])


def test_a_claim_is_never_taken_back_before_its_first_contact_is_missed(cast: Cast) -> None:
    given = {"values": {"hold_hours": "3", "hold_warning_hours": "1"}, "reason": "抓紧"}
    with pytest.raises(Invalid) as refused:
        dispatch("administration.set_values", acting(cast.decider), given, subject=Procedure.objects.get())
    assert list(refused.value.fields) == ["values.hold_hours"]
    assert "认领后首次联系客户的时限" in refused.value.fields["values.hold_hours"][0]


def test_the_page_and_the_explanation_say_from_when_it_counts(cast: Cast) -> None:
    listing = agreed(cast)
    row = Deadline.objects.get(name="next_contact")
    client = logged_in(cast.taker)
    assert "按约定再次联系客户" in client.get(f"/listings/{listing.ref}/").content.decode()
    page = client.get(f"/listings/{listing.ref}/deadlines/{row.pk}/").content.decode()
    assert "2026-09-22 00:00" in page
    assert "2026-09-21" not in page.split("<tbody>")[1].split("</tbody>")[0]
