"""What a person may import is asked again when it comes in, for each order, and when a killed import goes on (6.2.3)."""

from typing import Any

import pytest

from jiedan.connectors.spreadsheet import importing, jobs, kinds, showing
from jiedan.connectors.spreadsheet.models import Import
from jiedan.connectors.spreadsheet.tests.files import book, row
from jiedan.core import clock
from jiedan.kernel.dispatch import dispatch
from jiedan.orders import access
from jiedan.orders.models import Order, OrderLine
from jiedan.people.models import ReadingRight, RoleAssignment, Staff
from tests.cast import Cast, acting, incoming, received
from tests.every_action.imported import checked, confirmed, imported, mapped, uploaded

pytestmark = pytest.mark.django_db


def up_to_check(cast: Cast, rows: list[list[Any]], by: Staff | None = None) -> Import:
    who = by or cast.taker
    return checked(mapped(uploaded(who, book(rows), "orders.xlsx"), who))


def handed_over(cast: Cast, order: Order) -> None:
    given = {"department": cast.service.pk, "reason": "属于服务"}
    dispatch("acquisition.transfer_order", acting(cast.head), given, subject=order)


def leaves(staff: Staff) -> None:
    RoleAssignment.objects.filter(staff=staff).update(until=clock.now())


def test_an_order_that_went_to_another_department_after_the_check_stays_as_it_is(cast: Cast) -> None:
    theirs = received("T-1", platform="taobao", shop="hangzhou", lines=incoming().lines)
    found = up_to_check(cast, [row("T-1", 商品名称="北欧吊灯"), row("T-2")])
    assert found.counts == {"changed": 1, "created": 1}
    handed_over(cast, theirs)
    found = imported(found, cast.taker)
    assert (found.stage, found.counts) == ("imported", {"refused": 1, "created": 1})
    (item,) = showing.wrong(found)
    assert (item["rows"], "其他部门" in item["reason"], theirs.ref in item["reason"]) == ("2", True, False)
    assert OrderLine.objects.get(order=theirs).name == "北欧落地灯"


def test_what_says_nothing_new_of_an_order_of_others_is_unchanged_and_its_number_is_not_told(cast: Cast) -> None:
    up = imported(up_to_check(cast, [row("T-1")]), cast.taker)
    handed_over(cast, Order.objects.get())
    found = up_to_check(cast, [row("T-1")])
    assert (up.counts, found.counts) == ({"created": 1}, {"unchanged": 1})
    found = imported(found, cast.taker)
    assert (found.counts, showing.wrong(found)) == ({"unchanged": 1}, [])
    assert [item["ref"] for item in showing._items(found, ("unchanged",))] == [""]


def test_who_is_only_asked_about_an_order_reads_it_and_changes_it_by_no_file(cast: Cast) -> None:
    theirs = received("T-1", platform="taobao", shop="hangzhou", lines=incoming().lines)
    ReadingRight.objects.create(staff=cast.outsider, kind="order", subject_id=theirs.pk, since=clock.now())
    assert access.visible(acting(cast.outsider), Order).filter(pk=theirs.pk).exists()
    found = up_to_check(cast, [row("T-1", 商品名称="北欧吊灯")], cast.outsider)
    assert found.counts == {"wrong": 1}


def test_rights_lost_before_it_goes_on_leave_the_rest_out_with_a_sentence(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds.KINDS["orders"], "at_once", 2)
    found = confirmed(up_to_check(cast, [row(f"T-{n}") for n in range(5)]), cast.taker)
    assert importing.take_next(found.pk)
    leaves(cast.taker)
    with clock.at(clock.now() + jobs.STUCK * 2):
        assert jobs.round_of_imports() == 1
        importing.go_on(found.pk)
    found.refresh_from_db()
    assert (found.stage, found.done, found.counts) == ("imported", 5, {"created": 2, "refused": 3})
    assert Order.objects.count() == 2
    assert {item["reason"] for item in showing.wrong(found)} == {
        "张晓月已无权为家居事业部导入；请由有权限的同事重新上传这些行。"
    }


def test_whoever_confirms_answers_for_it_not_who_uploaded(cast: Cast) -> None:
    theirs = received("T-1", platform="taobao", shop="hangzhou", lines=incoming().lines)
    handed_over(cast, theirs)
    found = up_to_check(cast, [row("T-1", 商品名称="北欧吊灯"), row("T-2")], by=cast.decider)
    found = Import.objects.get(pk=found.pk)
    assert found.counts == {"changed": 1, "created": 1}
    Import.objects.update(department=cast.home)
    found = imported(found, cast.head)
    assert (found.confirmed_by, found.counts) == (cast.head, {"refused": 1, "created": 1})
    assert OrderLine.objects.get(order=theirs).name == "北欧落地灯"


def test_a_person_who_left_stops_no_colleague_who_confirms(cast: Cast) -> None:
    found = up_to_check(cast, [row("T-1")])
    leaves(cast.taker)
    with clock.at(clock.now() + jobs.STUCK):
        assert imported(found, cast.head).counts == {"created": 1}
