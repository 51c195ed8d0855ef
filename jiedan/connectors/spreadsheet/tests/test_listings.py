"""Listings come in by file like those over the feed: once, scored, to the department whose business they are (2.1.1)."""

import base64
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from openpyxl import load_workbook

from jiedan.acquisition import listing_batches
from jiedan.acquisition.listing_feed import IncomingListing, TakenListing, read_listing, take_listing
from jiedan.acquisition.models import Listing
from jiedan.connectors.spreadsheet import importing, jobs, kinds, looking, results, showing
from jiedan.connectors.spreadsheet.models import Import, Layout
from jiedan.connectors.spreadsheet.tests.files import book, row
from jiedan.connectors.spreadsheet.tests.listing_files import listing, listings
from jiedan.core import clock
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Forbidden, Invalid
from jiedan.kernel.models import Procedure, Record
from jiedan.orders.models import Order
from jiedan.people.models import RoleAssignment, Staff
from tests.cast import Cast, acting, logged_in, received
from tests.every_action.imported import checked, confirmed, imported

pytestmark = pytest.mark.django_db
WHERE = {"platform": "webhook", "shop": "guanwang", "holds": "listings"}


def uploaded(staff: Staff, content: bytes, **changes: Any) -> Import:
    given = {**WHERE, "file_name": "需求汇总.xlsx", "content": content, **changes}
    found = Import.objects.get(pk=dispatch("spreadsheet.start_import", acting(staff), given).subject.pk)
    if found.stage == "uploaded":
        columns = kinds.kind_of(found).table.proposed(found.headers)
        dispatch("spreadsheet.map_columns", acting(staff), {"columns": columns}, subject=found)
    return Import.objects.get(pk=found.pk)


def up_to_check(staff: Staff, *rows: list[Any]) -> Import:
    return checked(uploaded(staff, listings(*rows)))


def through(staff: Staff, *rows: list[Any]) -> Import:
    return imported(up_to_check(staff, *rows), staff)


def declare(cast: Cast) -> None:
    for department, category in ((cast.home, "家居"), (cast.service, "服务")):
        given = {"department": department.pk, "categories": category, "regions": "", "reason": "开业", "based_on": 0}
        dispatch("acquisition.set_scope", acting(cast.decider), given, subject=Procedure.objects.get())


def reason(cast: Cast, **changes: Any) -> str:
    found = up_to_check(cast.taker, listing(**changes))
    assert found.counts == {"wrong": 1}
    return str(showing.wrong(found)[0]["reason"])


def test_the_check_changes_nothing_and_says_what_the_file_would_bring(cast: Cast) -> None:
    before = Record.objects.filter(subject_type="listing").count()
    found = up_to_check(cast.taker, listing("L-1"), listing("L-2"), listing("L-3", 预算="很多"))
    assert (found.holds, found.orders, found.counts) == ("listings", 3, {"created": 2, "wrong": 1})
    assert (Listing.objects.count(), Record.objects.filter(subject_type="listing").count()) == (0, before)


def test_a_listing_is_like_one_over_the_feed_facts_score_department_and_record(cast: Cast) -> None:
    declare(cast)
    through(cast.taker, listing("L-1"))
    raw = {
        "external_id": "L-2", "summary": "办公室灯具更换", "details": "两层楼，约四十盏", "category": "家居/灯具",
        "budget": "12000.00", "region": "浙江省杭州市", "needed_on": "2026-10-20", "posted_at": "2026-09-18T09:30:00+08:00",
    }  # fmt: skip
    take_listing("webhook", "guanwang", read_listing(raw))
    ours, theirs = Listing.objects.order_by("pk")
    same = (
        "channel",
        "shop",
        "summary",
        "details",
        "category",
        "budget",
        "region",
        "needed_on",
        "posted_at",
        "source_at",
    )
    assert [getattr(ours, name) for name in same] == [getattr(theirs, name) for name in same]
    assert (ours.department, ours.score, ours.stage) == (theirs.department, theirs.score, theirs.stage)
    assert (ours.department, ours.budget) == (cast.home, Decimal("12000.00"))
    codes = Record.objects.filter(subject_type="listing").order_by("pk").values_list("action", "clause")
    assert list(codes) == [("acquisition.receive_listing", "2.1.1")] * 2


def test_one_listing_for_each_number_whatever_is_imported_how_often(cast: Cast) -> None:
    rows = [listing("L-1"), listing("L-2")]
    assert through(cast.taker, *rows).counts == {"created": 2}
    before = Record.objects.filter(subject_type="listing").count()
    assert through(cast.taker, *rows, listing("L-3")).counts == {"unchanged": 2, "created": 1}
    assert (Listing.objects.count(), Record.objects.filter(subject_type="listing").count()) == (3, before + 1)
    twice = up_to_check(cast.taker, listing("L-4"), listing("L-4"), listing("L-5"), listing("L-5", 预算=1))
    assert twice.counts == {"created": 1, "wrong": 1}
    assert "写得不一样" in showing.wrong(twice)[0]["reason"]


def test_what_changed_is_shown_first_then_followed_and_scored_anew(cast: Cast) -> None:
    declare(cast)
    through(cast.taker, listing("L-1"))
    found = up_to_check(cast.taker, listing("L-1", 预算="1.5万", 需求描述="三层楼"))
    (item,) = showing.changed(found, acting(cast.taker))
    here = Listing.objects.get()
    assert (found.counts, item["path"]) == ({"changed": 1}, f"/listings/{here.ref}/")
    assert {(line.ours, line.theirs) for line in item["differences"]} == {
        ("¥12,000.00", "¥15,000.00"),
        ("两层楼，约四十盏", "三层楼"),
    }
    assert imported(found, cast.taker).counts == {"changed": 1}
    here.refresh_from_db()
    assert (here.budget, here.details) == (Decimal("15000.00"), "三层楼")
    assert Record.objects.filter(action="acquisition.update_listing", subject_id=here.pk).count() == 1


def test_what_was_claimed_stays_claimed_and_what_was_set_aside_stays_so(cast: Cast) -> None:
    declare(cast)
    through(cast.taker, listing("L-1"), listing("L-2"))
    first, second = Listing.objects.order_by("pk")
    dispatch("acquisition.claim_listing", acting(cast.taker), {}, subject=first)
    dispatch("acquisition.dismiss_listing", acting(cast.taker), {"reason": "做不了"}, subject=second)
    again = through(cast.taker, listing("L-1", 需求描述="三层楼"), listing("L-2", 需求描述="三层楼"))
    first.refresh_from_db()
    second.refresh_from_db()
    assert again.counts == {"changed": 1, "unchanged": 1}
    assert (first.stage, first.claimed_by, first.details) == ("claimed", cast.taker, "三层楼")
    assert (second.stage, second.details) == ("dismissed", "两层楼，约四十盏")


def test_an_older_file_undoes_no_newer_message(cast: Cast) -> None:
    raw = {
        "external_id": "L-1",
        "summary": "换灯",
        "posted_at": "2026-09-18T09:30:00+08:00",
        "updated_at": "2026-09-19T09:30:00+08:00",
    }
    take_listing("webhook", "guanwang", read_listing(raw))
    assert through(cast.decider, listing("L-1")).counts == {"unchanged": 1}
    assert Listing.objects.get().summary == "换灯"


def test_a_listing_of_another_department_is_changed_by_no_file_also_not_one_handed_over_since(cast: Cast) -> None:
    declare(cast)
    through(cast.taker, listing("L-1"))
    found = up_to_check(cast.taker, listing("L-1", 需求描述="三层楼"), listing("L-2"))
    here = Listing.objects.get()
    given = {"department": cast.service.pk, "reason": "属于服务"}
    dispatch("acquisition.assign_listing", acting(cast.head), given, subject=here)
    found = imported(found, cast.taker)
    assert found.counts == {"refused": 1, "created": 1}
    again = up_to_check(cast.taker, listing("L-1", 需求描述="三层楼"))
    for one in (found, again):
        (item,) = showing.wrong(one)
        assert ("其他部门" in item["reason"], here.ref in item["reason"]) == (True, False)
    here.refresh_from_db()
    assert (here.details, showing.changed(again, acting(cast.taker))) == ("两层楼，约四十盏", [])


def test_what_waits_at_the_company_for_a_department_still_follows_the_file(cast: Cast) -> None:
    through(cast.taker, listing("L-1"))
    assert Listing.objects.get().department == cast.company
    assert through(cast.taker, listing("L-1", 需求描述="三层楼")).counts == {"changed": 1}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"需求编号": None}, "平台编号"),
        ({"需求标题": " "}, "需求"),
        ({"预算": "5千到8千"}, "不是数字"),
        ({"预算": -1}, "超出范围"),
        ({"预算": "#REF!"}, "#REF!"),
        ({"期望完成日期": "尽快"}, "尽快"),
        ({"发布时间": "1999-01-01"}, "1999"),
        ({"需求标题": "长" * 201}, "200"),
        ({"类目": "长" * 61}, "60"),
    ],
)
def test_a_wrong_cell_is_named_with_its_column_and_what_helps(changes: dict[str, Any], said: str, cast: Cast) -> None:
    assert said in reason(cast, **changes)


@pytest.mark.parametrize(("given", "meant"), [("面议", None), ("1.2万元", 12000), ("¥12,000", 12000), (None, None)])
def test_budgets_are_understood_as_people_write_them(given: Any, meant: int | None, cast: Cast) -> None:
    through(cast.taker, listing("L-1", 预算=given))
    assert Listing.objects.get().budget == meant


def test_a_list_that_does_not_say_since_when_counts_from_the_upload(cast: Cast) -> None:
    found = uploaded(cast.taker, listings(["L-1", "换灯", 100], headers=["Listing No.", "Title", "Budget"]))
    imported(checked(found), cast.taker)
    here = Listing.objects.get()
    assert (here.posted_at, here.summary, here.budget) == (found.uploaded_at, "换灯", 100)


def test_the_columns_are_remembered_for_listings_apart_from_orders(cast: Cast) -> None:
    up_to_check(cast.taker, listing("L-1"))
    known = Layout.objects.get()
    assert (known.holds, uploaded(cast.head, listings(listing("L-2"))).stage) == ("listings", "checking")
    as_orders = dispatch(
        "spreadsheet.start_import",
        acting(cast.taker),
        {**WHERE, "holds": "orders", "file_name": "a.xlsx", "content": listings(listing())},
    ).subject
    assert Import.objects.get(pk=as_orders.pk).stage == "uploaded"


def test_the_file_comes_back_with_result_reason_and_our_number(cast: Cast) -> None:
    found = through(cast.taker, listing("L-1"), listing("L-2", 预算="很多"))
    with results.given_back(found, only_wrong=False) as given:
        sheet = load_workbook(BytesIO(given.read())).active
    assert sheet is not None
    back = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert [line[-3] for line in back] == ["结果", "已导入", "有误"]
    assert (back[1][-1], "很多" in back[2][-2]) == (Listing.objects.get().ref, True)


def test_a_killed_import_goes_on_with_every_listing_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds.KINDS["listings"], "at_once", 2)
    found = confirmed(up_to_check(cast.taker, *(listing(f"L-{n}") for n in range(5))), cast.taker)
    assert importing.take_next(found.pk)

    def killed(*_anything: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(importing, "_put_down", killed)
        with pytest.raises(KeyboardInterrupt):
            importing.take_next(found.pk)
    found.refresh_from_db()
    assert (found.done, Listing.objects.count()) == (2, 2)
    with clock.at(clock.now() + jobs.STUCK * 2):
        assert jobs.round_of_imports() == 1
    importing.go_on(found.pk)
    found.refresh_from_db()
    assert (found.stage, found.counts, Listing.objects.count()) == ("imported", {"created": 5}, 5)
    assert Record.objects.filter(action="acquisition.receive_listing").count() == 5


def test_rights_lost_on_the_way_leave_the_rest_out(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds.KINDS["listings"], "at_once", 1)
    found = confirmed(up_to_check(cast.taker, listing("L-1"), listing("L-2")), cast.taker)
    assert importing.take_next(found.pk)
    RoleAssignment.objects.filter(staff=cast.taker).update(until=clock.now())
    importing.go_on(found.pk)
    found.refresh_from_db()
    assert (found.counts, Listing.objects.count()) == ({"created": 1, "refused": 1}, 1)
    assert "已无权" in showing.wrong(found)[0]["reason"]


def test_a_listing_that_cannot_be_stored_fails_none_of_its_neighbours(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = confirmed(up_to_check(cast.taker, listing("L-1"), listing("L-2")), cast.taker)
    real = listing_batches.take_listing

    def failing(channel: str, shop: str, given: IncomingListing) -> TakenListing:
        if given.external_id == "L-1":
            raise IntegrityError("no room")
        return real(channel, shop, given)

    monkeypatch.setattr(listing_batches, "take_listing", failing)
    importing.go_on(found.pk)
    found.refresh_from_db()
    assert (found.counts, Listing.objects.get().external_id) == ({"refused": 1, "created": 1}, "L-2")
    assert "IntegrityError" in showing.wrong(found)[0]["reason"]


def test_nobody_imports_listings_for_another_department_or_without_the_role(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        uploaded(cast.taker, listings(listing()), department=cast.service.pk)
    with pytest.raises(Forbidden):
        uploaded(cast.executor, listings(listing()))
    with pytest.raises(Invalid):
        uploaded(cast.taker, listings(listing()), holds="tickets")
    assert (Import.objects.count(), Listing.objects.count()) == (0, 0)


def test_a_file_of_orders_says_as_listings_what_it_lacks(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        uploaded(cast.taker, book([row("T-1")]))
    assert "需求" in str(refused.value.fields)
    assert Listing.objects.count() == 0
    assert received("T-1").stage
    assert Order.objects.count() == 1


def test_the_template_is_understood_when_it_is_filled_in(cast: Cast) -> None:
    answer = logged_in(cast.taker).get("/imports/template/?holds=listings")
    found = looking.looked(answer.content, "template.xlsx", kinds.KINDS["listings"].table)
    assert found.headers[:2] == ["需求编号*", "需求标题*"]
    assert checked(uploaded(cast.taker, answer.content)).counts == {"created": 1}


def test_the_square_leads_to_the_import_and_the_form_knows_why(cast: Cast) -> None:
    client = logged_in(cast.taker)
    address = "/imports/new/spreadsheet.start_import/?holds=listings"
    assert address in client.get("/listings/").content.decode()
    assert '<option value="listings" selected>' in client.get(address).content.decode()
    assert "start_import" not in logged_in(cast.supervisor).get("/listings/").content.decode()


def test_pages_speak_of_listings(cast: Cast) -> None:
    declare(cast)
    found, client = through(cast.taker, listing("L-1")), logged_in(cast.taker)
    again = up_to_check(cast.taker, listing("L-1", 预算=1))
    page = client.get(f"/imports/{again.ref}/").content.decode()
    assert ("广场订单" in page, "/listings/LS" in page, "接单前订单" in page) == (True, True, False)
    assert "广场订单" in client.get("/imports/").content.decode()
    assert found.counts == {"created": 1}


def test_the_api_imports_listings_by_the_same_steps(cast: Cast, client: Client) -> None:
    token = cast.token(cast.taker)

    def post(address: str, **body: Any) -> Any:
        return client.post(
            f"/api/v1/imports{address}", body, content_type="application/json", HTTP_AUTHORIZATION=f"Bearer {token}"
        )

    content = base64.b64encode(listings(listing("L-1"))).decode()
    made = post("/actions/spreadsheet.start_import", **WHERE, file_name="a.xlsx", content=content)
    assert made.status_code in (200, 201), made.content
    found = Import.objects.get()
    columns = kinds.kind_of(found).table.proposed(found.headers)
    assert post(f"/{found.ref}/actions/spreadsheet.map_columns", columns=columns).status_code == 200
    checked(found)
    assert post(f"/{found.ref}/actions/spreadsheet.confirm_import").status_code == 200
    importing.go_on(found.pk)
    told = client.get(f"/api/v1/imports/{found.ref}", HTTP_AUTHORIZATION=f"Bearer {token}").json()
    assert (told["holds"], told["counts"], Listing.objects.count()) == ("listings", {"created": 1}, 1)
