"""接单广场: its chips, its views, many at once with a preview, and the same number of queries however many there are (2.1.1)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jiedan.acquisition.models import Listing
from jiedan.acquisition.tests.test_scopes import declare, posted
from jiedan.core import clock
from jiedan.core.lifecycle import ListingStage
from jiedan.core.roles import Role
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import Attempt, Record
from jiedan.screens.models import SavedView
from tests.cast import FRIDAY, Cast, acting, listing_at, logged_in, person


def shown(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"/listings/{query}")
    assert answer.status_code == 200
    return [card["listing"].summary for card in answer.context["cards"]]


def many(client: Client, step: str, listings: list[Listing], **more: str) -> Any:
    step = f"acquisition.{step}_listing"
    versions = {f"version.{one.ref}": str(one.version) for one in listings}
    return client.post("/listings/many/", {"step": step, "listing": [one.ref for one in listings], **versions, **more})


def waiting(cast: Cast, summary: str = "找不到部门的") -> Listing:
    listing = posted(cast, summary=summary)
    dispatch("acquisition.pass_on_listing", acting(cast.taker), {"reason": "做不了"}, subject=listing)
    return Listing.objects.get(pk=listing.pk)


def test_the_chips_narrow_to_mine_to_what_ends_soon_and_to_what_waits(cast: Cast) -> None:
    posted(cast, summary="不急的", valid_until=FRIDAY + timedelta(days=9))
    posted(cast, summary="后天到期", valid_until=FRIDAY + timedelta(days=2))
    posted(cast, summary="明天到期", valid_until=FRIDAY + timedelta(days=1))
    held, theirs = posted(cast, summary="我的"), posted(cast, summary="别人的")
    dispatch("acquisition.claim_listing", acting(cast.taker), {}, subject=held)
    dispatch("acquisition.claim_listing", acting(cast.head), {}, subject=theirs)
    waiting(cast)
    client = logged_in(cast.taker)
    assert shown(client, "?only=mine") == ["我的"]
    assert shown(client, "?only=ending") == ["明天到期", "后天到期"]
    assert shown(client, "?only=waiting") == []
    assert shown(logged_in(cast.decider), "?only=waiting") == ["找不到部门的"]
    counts = logged_in(cast.decider).get("/listings/").context["narrow"]
    assert {name: chip["count"] for name, chip in counts.items()} == {"mine": "0", "ending": "2", "waiting": "1"}
    assert shown(client, "?only=nonsense&least=x&department=-1&after=x.y") == shown(client)


def test_at_least_sixty_points_leaves_what_fits(cast: Cast) -> None:
    declare(cast.decider, cast.home.pk, categories="家居", price_to="8000")
    posted(cast, summary="合适的", budget="7200")
    posted(cast, summary="太贵的", budget="90000", category="食品")
    client = logged_in(cast.taker)
    assert shown(client) == ["合适的", "太贵的"]
    assert shown(client, "?least=60") == ["合适的"]
    assert "为什么是 100 分？" in client.get("/listings/").content.decode()


@pytest.mark.parametrize("query", ["?", "?sort=newest&", "?only=ending&", "?only=waiting&", "?stage=dismissed&"])
def test_pages_follow_one_another_without_a_gap_or_a_repeat(cast: Cast, query: str) -> None:
    for number in range(65):
        listing = posted(cast, summary=f"{number:02d}", valid_until=FRIDAY + timedelta(hours=1 + number % 7))
        if "waiting" in query:
            dispatch("acquisition.pass_on_listing", acting(cast.taker), {"reason": "做不了"}, subject=listing)
        if "dismissed" in query:
            dispatch("acquisition.dismiss_listing", acting(cast.taker), {"reason": "做不了"}, subject=listing)
    client, found, address = logged_in(cast.decider), [], f"/listings/{query}"
    while address:
        context = client.get(address).context
        found += [card["listing"].summary for card in context["cards"]]
        address = context["next"]
    assert sorted(found) == [f"{number:02d}" for number in range(65)]


def test_a_view_is_kept_for_the_square_alone_shared_and_forgotten(cast: Cast) -> None:
    client = logged_in(cast.taker)
    kept = {"name": "快到期的", "only": "ending", "least": "60", "shared": "1"}
    assert client.post("/listings/views/", kept)["Location"] == "/listings/?least=60&only=ending"
    client.post("/orders/views/", {"name": "快到期的", "stage": "routed"})
    views = dict(SavedView.objects.values_list("of", "query"))
    assert views == {"listings": "least=60&only=ending", "orders": "stage=routed"}
    colleague = logged_in(cast.head)
    assert [view.query for view in colleague.get("/listings/").context["views"]] == ["least=60&only=ending"]
    assert [view.query for view in client.get("/orders/").context["views"]] == ["stage=routed"]
    view = SavedView.objects.get(of="listings")
    assert colleague.post(f"/orders/views/{view.pk}/drop/").status_code == 404
    assert client.post(f"/orders/views/{view.pk}/drop/")["Location"] == "/listings/"
    assert SavedView.objects.filter(of="listings").count() == 0


def test_the_preview_says_of_each_what_would_happen_and_changes_nothing(cast: Cast) -> None:
    declare(cast.decider, cast.service.pk, categories="家居")
    mine, held = posted(cast, summary="开放的"), listing_at(ListingStage.CLAIMED, cast)
    colleague = person("1010", "钱小多", cast.home, Role.ORDER_TAKER)
    records, attempts = Record.objects.count(), Attempt.objects.count()
    answer = many(logged_in(colleague), "dismiss", [mine, held])
    page = answer.content.decode()
    assert (answer.status_code, answer.context["possible"]) == (200, 1)
    assert "服务事业部 100" in page
    assert "张晓月" in page
    assert f'name="version.{mine.ref}"' in page
    assert f'name="version.{held.ref}"' not in page
    assert (Record.objects.count(), Attempt.objects.count()) == (records, attempts)


def test_each_row_has_its_own_result_and_one_that_fails_stops_none(cast: Cast) -> None:
    first, held, third = posted(cast), listing_at(ListingStage.CLAIMED, cast), posted(cast)
    colleague = person("1010", "钱小多", cast.home, Role.ORDER_TAKER)
    answer = many(logged_in(colleague), "dismiss", [first, held, third], reason="做不了", confirmed="1")
    assert [(row.ref, row.done) for row in answer.context["results"]] == [
        (first.ref, True), (held.ref, False), (third.ref, True),
    ]  # fmt: skip
    assert "张晓月" in answer.context["results"][1].why
    assert sorted(Listing.objects.values_list("stage", flat=True)) == ["claimed", "dismissed", "dismissed"]
    assert Record.objects.filter(action="acquisition.dismiss_listing").count() == 2


def test_what_changed_since_the_preview_is_left_as_it_is(cast: Cast) -> None:
    listing = posted(cast)
    dispatch("acquisition.claim_listing", acting(cast.taker), {}, subject=listing)
    answer = many(logged_in(cast.head), "dismiss", [listing], reason="做不了", confirmed="1")
    assert [row.done for row in answer.context["results"]] == [False]
    assert Listing.objects.get().stage == ListingStage.CLAIMED


def test_many_are_given_to_a_department_by_whoever_may(cast: Cast) -> None:
    listings = [waiting(cast, "甲"), waiting(cast, "乙")]
    client = logged_in(cast.decider)
    answer = many(client, "assign", listings, confirmed="1")
    assert (answer.status_code, sorted(answer.context["errors"])) == (422, ["department", "reason"])
    assert set(Listing.objects.values_list("department", flat=True)) == {cast.company.pk}
    answer = many(client, "assign", listings, department=str(cast.service.pk), reason="可代采", confirmed="1")
    assert answer.context["done"] == 2
    assert set(Listing.objects.values_list("department", flat=True)) == {cast.service.pk}


def test_nobody_reaches_by_many_what_they_do_not_see(cast: Cast) -> None:
    listing = posted(cast)
    before = Record.objects.count()
    outsider = logged_in(cast.outsider)
    assert many(outsider, "dismiss", [listing]).context["rows"] == []
    answer = many(outsider, "dismiss", [listing], reason="x", confirmed="1")
    assert [row.done for row in answer.context["results"]] == [False]
    for who in (cast.supervisor, cast.executor):
        answer = many(logged_in(who), "dismiss", [listing], reason="x", confirmed="1")
        assert [row.done for row in answer.context["results"]] == [False]
    assert many(logged_in(cast.system_admin), "dismiss", [listing]).status_code == 403
    assert many(logged_in(cast.taker), "claim", [listing]).status_code == 422
    assert many(logged_in(cast.taker), "dismiss", []).status_code == 422
    assert Record.objects.count() == before
    assert Listing.objects.get().stage == ListingStage.OPEN


def test_the_workbench_shows_what_i_hold_with_the_clock_that_runs(cast: Cast) -> None:
    listing = listing_at(ListingStage.CLAIMED, cast)
    with clock.at(FRIDAY + timedelta(minutes=5)):
        contact = {"channel": "phone", "learned": "要样品", "next_step": "送样", "next_on": "2026-09-21"}
        dispatch("acquisition.contact_customer", acting(cast.taker), contact, subject=listing)
    (row,) = logged_in(cast.taker).get("/").context["held_listings"]
    assert (row["listing"].ref, row["clock"].name) == (listing.ref, "next_contact")
    assert logged_in(cast.head).get("/").context["held_listings"] == []


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(address).status_code == 200
    return len(found)


@pytest.mark.parametrize("query", ["", "?only=mine", "?only=ending", "?sort=newest", "?stage=claimed"])
def test_the_square_asks_as_many_questions_of_many_listings_as_of_few(cast: Cast, query: str) -> None:
    declare(cast.decider, cast.home.pk, categories="家居", most_open="60")
    client = logged_in(cast.taker)
    few = []
    for count in (2, 12):
        for number in range(count):
            listing = posted(cast, summary=f"{number}", valid_until=FRIDAY + timedelta(hours=1))
            if number == 0 or query == "?stage=claimed":
                who = person(f"5{Listing.objects.count():03d}", "某人", cast.home, Role.ORDER_TAKER)
                dispatch("acquisition.claim_listing", acting(cast.taker if number == 0 else who), {}, subject=listing)
        few.append(queries(client, f"/listings/{query}"))
    assert few[0] == few[1] <= 20
