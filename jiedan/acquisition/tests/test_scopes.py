"""What departments declare, how listings are scored by it, and what a prohibited one brings (clauses 2.1.1, 1.3.1)."""

from datetime import date
from typing import Any

import pytest

from jiedan.acquisition.models import Listing, ScopeVersion
from jiedan.acquisition.scopes import Judge
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Forbidden, Invalid, Refused
from jiedan.kernel.models import Procedure, Record
from jiedan.people.models import Staff
from tests.cast import FRIDAY, Cast, acting, logged_in, received


def declare(staff: Staff, department: int, **scope: Any) -> None:
    given = {"department": department, "reason": "年度声明", **scope}
    dispatch("acquisition.set_scope", acting(staff), given, subject=Procedure.objects.get(pk=1))


def posted(cast: Cast, **changes: Any) -> Listing:
    given = {"department": cast.home.pk, "summary": "会议室吊灯 30 套", "category": "家居/灯具", **changes}
    found = dispatch("acquisition.post_listing", acting(cast.taker), given).subject
    assert isinstance(found, Listing)
    return found


def score(listing: Listing) -> int:
    return Listing.objects.get(pk=listing.pk).score


def test_a_head_declares_for_their_own_department_only(cast: Cast) -> None:
    declare(cast.head, cast.home.pk, categories="家居/灯具、服务", regions="浙江省；上海市")
    row = ScopeVersion.objects.get()
    assert (row.number, row.by, row.scope["categories"]) == (1, cast.head, ["家居/灯具", "服务"])
    assert row.scope["regions"] == ["浙江", "上海"]
    for who, where in ((cast.other_head, cast.home), (cast.head, cast.service), (cast.taker, cast.home)):
        with pytest.raises(Forbidden):
            declare(who, where.pk, categories="家居")
    assert ScopeVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("scope", "field"),
    [
        ({"price_from": "10", "price_to": "9"}, "price_to"),
        ({"lead_days": 400}, "lead_days"),
        ({"most_open": 0}, "most_open"),
    ],
)
def test_a_wrong_declaration_names_its_field(cast: Cast, scope: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as wrong:
        declare(cast.head, cast.home.pk, **scope)
    assert list(wrong.value.fields) == [field]


def test_who_saw_an_older_version_is_told(cast: Cast) -> None:
    declare(cast.head, cast.home.pk, categories="家居", based_on=0)
    with pytest.raises(Refused, match="第 1 版"):
        declare(cast.decider, cast.home.pk, categories="食品", based_on=0)
    declare(cast.decider, cast.home.pk, categories="食品", based_on=1)
    assert [row.number for row in ScopeVersion.objects.order_by("number")] == [1, 2]


def test_open_listings_are_judged_anew_when_the_scope_changes(cast: Cast) -> None:
    listing = posted(cast, budget="7200")
    assert score(listing) == -1
    declare(cast.head, cast.home.pk, categories="家居")
    assert score(listing) == 100
    declare(cast.head, cast.home.pk, categories="家居", price_to="5000")
    assert score(listing) == 67
    declare(cast.head, cast.home.pk, refuses="吊灯")
    assert score(listing) == 0


def test_a_department_with_many_open_orders_fits_less(cast: Cast) -> None:
    declare(cast.head, cast.home.pk, most_open=2)
    listing = posted(cast)
    assert Judge.of([cast.home.pk], FRIDAY).fit(listing).score == 100
    received("K1")
    received("K2")
    assert Judge.of([cast.home.pk], FRIDAY).fit(listing).score == 0


def test_working_days_are_counted_by_the_companys_calendar(cast: Cast) -> None:
    declare(cast.head, cast.home.pk, lead_days=4)
    # From Friday, 18 September 2026: Sunday is worked for the holiday from 25 September on.
    judge = Judge.of([cast.home.pk], FRIDAY)
    wanted = [(date(2026, 9, 18), "0"), (date(2026, 9, 20), "1"), (date(2026, 9, 24), "5"), (date(2026, 9, 27), "5")]
    for day, days in wanted:
        reason = next(one for one in judge.fit(posted(cast, needed_on=day)).reasons if one.criterion == "lead_time")
        assert reason.wanted == days


def test_nobody_claims_what_the_law_prohibits(cast: Cast) -> None:
    listing = posted(cast, summary="象 牙摆件 2 件", details="私下付款")
    with pytest.raises(Refused, match="象牙"):
        dispatch("acquisition.claim_listing", acting(cast.taker), {}, subject=listing)
    page = logged_in(cast.taker).get("/listings/").content.decode()
    assert "禁止经营 “象牙”</span>" in page
    assert "平台规则 “私下付款”</span>" in page
    assert f"/listings/{listing.ref}/do/acquisition.claim_listing/" not in page


def test_the_companys_own_screening_list_counts(cast: Cast) -> None:
    listing = posted(cast, summary="无人机 20 架")
    assert not Judge.of([cast.home.pk], FRIDAY).fit(listing).hits
    entries = {"entries": "prohibited: 无人机 = 须报备", "reason": "公安要求"}
    dispatch("evaluation.set_screening", acting(cast.decider), entries, subject=Procedure.objects.get(pk=1))
    assert Judge.of([cast.home.pk], FRIDAY).fit(listing).prohibited
    with pytest.raises(Refused, match="须报备"):
        dispatch("acquisition.claim_listing", acting(cast.taker), {}, subject=listing)


def test_the_next_step_stands_on_the_listing_and_every_contact_in_its_ledger(cast: Cast) -> None:
    listing = posted(cast)
    taker = acting(cast.taker)
    dispatch("acquisition.claim_listing", taker, {}, subject=listing)
    first = {"channel": "phone", "learned": "下月要货", "next_step": "报价", "next_on": "2026-09-21"}
    dispatch("acquisition.contact_customer", taker, first, subject=listing)
    with pytest.raises(Forbidden):
        dispatch("acquisition.log_contact", acting(cast.other_head), first, subject=listing)
    again = {"channel": "visit", "learned": "要先看样品", "next_step": "送样"}
    dispatch("acquisition.log_contact", taker, again, subject=listing)
    found = Listing.objects.get(pk=listing.pk)
    assert (found.next_step, found.next_on, found.stage) == ("送样", None, "contacted")
    assert Record.objects.filter(action="acquisition.log_contact", subject_id=listing.pk).count() == 1
    page = logged_in(cast.taker).get(f"/listings/{listing.ref}/").content.decode()
    assert "下月要货" in page
    assert "要先看样品" in page


def test_the_square_is_sorted_by_points_and_narrowed(cast: Cast) -> None:
    declare(cast.head, cast.home.pk, categories="家居/灯具", price_to="10000")
    good = posted(cast, budget="7200")
    fair = posted(cast, summary="沙发 3 套", category="家居/沙发", budget="20000")
    bad = posted(cast, summary="茶叶 20 盒", category="食品/茶叶")
    assert [score(one) for one in (good, fair, bad)] == [100, 33, 0]

    def listed(query: str) -> list[str]:
        answer = logged_in(cast.taker).get(f"/listings/{query}")
        return [card["listing"].ref for card in answer.context["cards"]]

    assert listed("") == [good.ref, fair.ref, bad.ref]
    assert listed("?sort=newest") == [bad.ref, fair.ref, good.ref]
    assert listed("?least=60") == [good.ref]
    assert listed("?q=沙发") == [fair.ref]
    assert listed(f"?q={bad.ref}") == [bad.ref]
    assert listed(f"?department={cast.service.pk}") == []
    assert listed("?stage=claimed") == []


def test_the_square_is_read_page_by_page(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    declare(cast.head, cast.home.pk, price_to="10000")
    for number in range(7):
        posted(cast, summary=f"吊灯 {number}", budget="11000" if number % 2 else "5000")
    monkeypatch.setattr("jiedan.screens.square.PAGE", 3)
    for sort in ("fit", "newest"):
        found, address = [], f"/listings/?sort={sort}"
        while address:
            answer = logged_in(cast.taker).get(address)
            found += [card["listing"].ref for card in answer.context["cards"]]
            address = answer.context["next"]
        assert len(found) == len(set(found)) == 7
    assert logged_in(cast.taker).get("/listings/?after=nonsense").status_code == 200


def test_what_departments_declare_is_on_a_page_and_filled_in_where_it_is_changed(cast: Cast) -> None:
    declare(cast.head, cast.home.pk, categories="家居", price_to="50000")
    page = logged_in(cast.head).get("/procedure/scopes/").content.decode()
    book = Procedure.objects.get(pk=1)
    address = f"/procedure/{book.ref}/do/acquisition.set_scope/?department={cast.home.pk}"
    assert "家居" in page
    assert address in page
    form = logged_in(cast.head).get(address).content.decode()
    assert 'value="50000.00"' in form
    assert 'name="based_on" value="1"' in form
    assert address not in logged_in(cast.taker).get("/procedure/scopes/").content.decode()
    sent = {"department": cast.home.pk, "categories": "家居|服务", "based_on": "1", "reason": "新增安装"}
    answer = logged_in(cast.head).post(f"/procedure/{book.ref}/do/acquisition.set_scope/", sent)
    assert answer.status_code == 302
    assert ScopeVersion.objects.latest("number").scope["categories"] == ["家居", "服务"]
