"""Listings over the signed webhook: each once, the newest word counts, what is wrong is set aside (clause 2.1.1)."""

import json
from typing import Any

import pytest
from django.http import HttpResponse
from pytest_django.live_server_helper import LiveServer

from jiedan.acquisition.models import Listing
from jiedan.connectors import accounts
from jiedan.connectors.models import Account, Quarantined
from jiedan.connectors.webhook import square
from jiedan.connectors.webhook.sender import SECRET as DEMO
from jiedan.connectors.webhook.sender import Sender
from jiedan.connectors.webhook.tests.test_push import SECRET, post, push
from jiedan.core import clock
from jiedan.core.lifecycle import ListingStage
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import Record
from tests.cast import FRIDAY, Cast, acting

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(cast: Cast) -> Account:
    accounts.forget()
    found = accounts.connect("webhook", "hangzhou", "商机广场", "", {"secret": SECRET}, clock.now(), code="own")
    return Account.objects.get(pk=found.pk)


def listing(**changes: Any) -> dict[str, Any]:
    return {
        "external_id": "Q1", "summary": "会议室吊灯 30 套", "details": "含安装", "category": "家居/灯具",
        "budget": "7200.00", "needed_on": "2026-10-20", "region": "浙江省杭州市", "posted_at": "2026-09-18T17:00:00+08:00",
    } | changes  # fmt: skip


def tell(data: object, message_id: str = "m1", kind: str = square.POSTED) -> HttpResponse:
    return push(data, message_id, kind)


def said(answer: HttpResponse) -> tuple[int, dict[str, Any]]:
    return answer.status_code, json.loads(answer.content)


def declare(cast: Cast, department: int, **scope: Any) -> None:
    from jiedan.kernel.models import Procedure

    given = {"department": department, "reason": "年度声明", **scope}
    dispatch("acquisition.set_scope", acting(cast.decider), given, subject=Procedure.objects.get(pk=1))


def test_a_listing_goes_to_the_department_that_it_fits_best_with_its_score(account: Account, cast: Cast) -> None:
    declare(cast, cast.home.pk, categories="家居", price_to="50000")
    declare(cast, cast.service.pk, categories="服务", price_to="50000")
    answer = tell(listing())
    found = Listing.objects.get()
    assert said(answer) == (200, {"outcome": "created", "number": found.ref})
    assert (found.channel, found.shop, found.department, found.score) == ("webhook", "hangzhou", cast.home, 100)
    facts = json.loads(Record.objects.get(action="acquisition.receive_listing").body)["facts"]
    assert (facts["department"], facts["scores"]) == ("HOME", {"HOME": 100, "SERV": 33})


def test_what_is_nobodys_business_waits_with_the_company_and_is_given_away(account: Account, cast: Cast) -> None:
    declare(cast, cast.home.pk, categories="家居", price_to="50000")
    tell(listing(category="食品/茶叶"))
    found = Listing.objects.get()
    assert (found.department, found.score) == (cast.company, -1)
    given = {"department": cast.home.pk, "reason": "可代采"}
    dispatch("acquisition.assign_listing", acting(cast.decider), given, subject=found)
    found.refresh_from_db()
    assert (found.department, found.score) == (cast.home, 33)


def test_the_same_again_changes_nothing_and_the_newest_word_counts(account: Account, cast: Cast) -> None:
    declare(cast, cast.home.pk, price_to="8000")
    tell(listing())
    assert said(tell(listing(), "m2"))[1]["outcome"] == "unchanged"
    newer = listing(budget="9000.00", updated_at="2026-09-18T17:05:00+08:00")
    assert said(tell(newer, "m3"))[1]["outcome"] == "changed"
    assert said(tell(listing(), "m4"))[1]["outcome"] == "unchanged"
    found = Listing.objects.get()
    assert (f"{found.budget}", found.score) == ("9000.00", 50)
    body = json.loads(Record.objects.get(action="acquisition.update_listing").body)
    assert body["facts"]["changed"] == ["budget"]


def test_what_somebody_won_or_set_aside_stays_as_it_is(account: Account, cast: Cast) -> None:
    tell(listing())
    found = Listing.objects.get()
    Listing.objects.update(department=cast.home)
    dispatch("acquisition.dismiss_listing", acting(cast.taker), {"reason": "做不了"}, subject=Listing.objects.get())
    newer = listing(budget="9000.00", updated_at="2026-09-18T17:05:00+08:00")
    assert said(tell(newer, "m2")) == (200, {"outcome": "unchanged", "number": found.ref})
    assert f"{Listing.objects.get().budget}" == "7200.00"


def test_a_listing_that_was_taken_down_is_set_aside_and_its_claim_ends(account: Account, cast: Cast) -> None:
    declare(cast, cast.home.pk, categories="家居")
    tell(listing())
    dispatch("acquisition.claim_listing", acting(cast.taker), {}, subject=Listing.objects.get())
    answer = tell({"external_id": "Q1"}, "m2", square.WITHDRAWN)
    assert said(answer)[1]["outcome"] == "cancelled"
    assert Listing.objects.get().stage == ListingStage.LAPSED
    assert Listing.objects.get().due_at is None
    assert said(tell({"external_id": "Q1"}, "m3", square.WITHDRAWN))[1]["outcome"] == "unchanged"
    assert said(tell({"external_id": "Q9"}, "m4", square.WITHDRAWN))[1] == {"outcome": "unchanged", "number": ""}


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (listing(external_id=""), "data.external_id"),
        (listing(external_id="\u200b"), "data.external_id"),
        (listing(summary=""), "data.summary"),
        (listing(budget="-1.00"), "data.budget"),
        (listing(budget="1.005"), "data.budget"),
        (listing(posted_at=1789696800), "data.posted_at"),
        (listing(posted_at="2026-09-18T17:00:00"), "data.posted_at"),
        (listing(needed_on="下周"), "data.needed_on"),
        (listing(is_vip=True), "data.is_vip"),
        (listing(region="浙" * 61), "data.region"),
        ({key: value for key, value in listing().items() if key != "posted_at"}, "data.posted_at"),
    ],
)
def test_a_wrong_field_is_named_and_the_message_set_aside(account: Account, data: dict[str, Any], field: str) -> None:
    status, problem = said(tell(data))
    assert (status, problem["code"], list(problem["errors"])) == (422, "invalid", [field])
    assert Listing.objects.count() == 0
    assert Quarantined.objects.get().cause == "invalid"


def test_an_older_word_or_the_same_again_makes_up_for_nothing(account: Account) -> None:
    early, late = ({"updated_at": f"2026-09-18T17:{minute}:00+08:00"} for minute in (10, 20))
    tell(listing(**early), "m1")
    tell(listing(**late, budget="-1.00"), "m2")
    tell(listing(**early), "m3")
    tell(listing(), "m4")
    assert Quarantined.objects.get().stage == "waiting"
    tell(listing(**late, budget="7300.00"), "m5")
    assert Quarantined.objects.get().stage == "settled"


def test_a_message_that_was_set_aside_is_taken_when_its_cause_is_mended(account: Account, cast: Cast) -> None:
    body = json.dumps({"type": square.POSTED, "timestamp": "x", "data": listing()}).encode()
    assert post(body, secret="whsec_" + "A" * 32).status_code == 401
    message = Quarantined.objects.get()
    dispatch("connectors.trust_message", acting(cast.decider), {"reason": "已电话核实"}, subject=message)
    assert Listing.objects.get().external_id == "Q1"


@pytest.mark.django_db(transaction=True)
def test_whatever_a_square_gets_wrong_every_listing_is_there_once(cast: Cast, live_server: LiveServer) -> None:
    accounts.forget()
    accounts.connect("webhook", "square", "商机广场", "", {"secret": DEMO}, clock.now(), code="own")
    declare(cast, cast.home.pk, categories="家居|服务")
    count = len(square.PLANS) * 2
    sender = Sender(f"{live_server.url}/connect/webhook/own", faults=True, plan=square.plan)
    listings = square.make_listings(count, 3, FRIDAY)
    stories = sender.push(listings, threads=4)
    sender.close()
    assert all(story.acknowledged for story in stories.values())
    assert sorted(Listing.objects.values_list("external_id", flat=True)) == sorted(stories)
    assert {story.fault for story in stories.values()} >= set(square.PLANS)
    for story in stories.values():
        assert story.refusals == ([square.REFUSED[story.fault]] if story.fault in square.REFUSED else [])
        found = Listing.objects.get(external_id=story.external_id)
        assert (found.stage == ListingStage.LAPSED) == (story.fault == "taken_down")
        assert found.summary.endswith("（加急）") == (story.fault in ("reordered", "edit"))
    refused = sum(story.fault in square.REFUSED for story in stories.values())
    assert Quarantined.objects.count() == refused
