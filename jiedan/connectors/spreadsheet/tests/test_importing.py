"""A file is checked, imported chunk by chunk, and goes on where it was stopped (clause 2.1.2, R1)."""

from collections import Counter
from io import BytesIO
from typing import Any

import pytest
from django.db import OperationalError
from openpyxl import load_workbook

from jiedan.acquisition.models import ChangeNotice
from jiedan.connectors.spreadsheet import checking, importing, jobs, kinds, layouts, results, showing
from jiedan.connectors.spreadsheet.models import Chunk, Import, Layout
from jiedan.connectors.spreadsheet.tests.files import HEADERS, book, row
from jiedan.core import clock
from jiedan.core.lifecycle import ImportStage, OrderStage
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Forbidden, Refused
from jiedan.kernel.models import Deadline, Record
from jiedan.orders.models import DataKey, Order, OrderLine
from tests.cast import FRIDAY, Cast, acting, incoming, received
from tests.every_action.imported import checked, confirmed, imported, mapped, table, uploaded

pytestmark = pytest.mark.django_db


def up_to_check(cast: Cast, rows: list[list[Any]]) -> Import:
    found = uploaded(cast.taker, book(rows), "orders.xlsx")
    return checked(mapped(found, cast.taker))


def through(cast: Cast, rows: list[list[Any]]) -> Import:
    return imported(up_to_check(cast, rows), cast.taker)


def given_back(found: Import, only_wrong: bool = False) -> list[list[Any]]:
    with results.given_back(found, only_wrong) as file:
        sheet = load_workbook(BytesIO(file.read())).active
    assert sheet is not None
    return [[cell.value for cell in line] for line in sheet.iter_rows()]


def reason(cast: Cast, **changes: Any) -> str:
    found = up_to_check(cast, [row(**changes)])
    assert found.counts == {"wrong": 1}
    (item,) = showing.wrong(found)
    return str(item["reason"])


def test_the_check_changes_nothing_and_says_what_the_file_would_bring(cast: Cast) -> None:
    before = Record.objects.filter(subject_type="order").count()
    found = up_to_check(cast, [row("T-1"), row("T-2"), row("T-3", 金额="没有")])
    assert (found.stage, found.rows, found.orders, found.counts) == ("checked", 3, 3, {"created": 2, "wrong": 1})
    assert (Order.objects.count(), Record.objects.filter(subject_type="order").count()) == (0, before)


def test_an_imported_order_is_like_any_other_record_deadline_and_routing(cast: Cast) -> None:
    through(cast, [row("T-1")])
    order = Order.objects.get(external_id="T-1")
    assert (order.stage, order.department, order.channel, order.shop) == ("routed", cast.home, "taobao", "hangzhou")
    assert Deadline.objects.get(subject_id=order.pk, subject_type="order", name="accept_order").due_at is not None
    record = Record.objects.get(subject_type="order", subject_id=order.pk)
    assert record.clause == "2.1.2"
    pushed = received("K1")
    assert Record.objects.get(subject_type="order", subject_id=pushed.pk).clause == record.clause


def test_the_good_ones_go_in_and_the_bad_ones_come_back_with_row_and_reason(cast: Cast) -> None:
    rows = [row(f"T-{n}", 金额="坏" if n % 100 == 50 else 398) for n in range(300)]
    found = through(cast, rows)
    assert (found.stage, found.counts) == ("imported", {"created": 297, "wrong": 3})
    assert Order.objects.count() == 297
    back = given_back(found, only_wrong=True)
    assert (back[0][-3:], len(back)) == (["结果", "原因", "接单编号"], 4)
    assert [line[0] for line in back[1:]] == ["T-50", "T-150", "T-250"]
    assert "坏" in back[1][-2]
    assert [item["rows"] for item in showing.wrong(found)] == ["52", "152", "252"]


def test_the_whole_file_comes_back_with_our_number_at_every_row(cast: Cast) -> None:
    found = through(cast, [row("T-1"), row("T-2", 数量=0)])
    order, back = Order.objects.get(), given_back(found)
    assert [line[-3] for line in back] == ["结果", "已导入", "有误"]
    assert (back[1][-1], back[0][: len(HEADERS)]) == (order.ref, HEADERS)


def test_nothing_of_the_file_given_back_becomes_a_formula(cast: Cast) -> None:
    found = uploaded(cast.taker, table('=1+1,2026-09-18,"=HYPERLINK(""http://x"")",1,@灯,+1,-2,398,398'))
    found = checked(mapped(found, cast.taker))
    with results.given_back(found, only_wrong=False) as file:
        sheet = load_workbook(BytesIO(file.read())).active
    assert sheet is not None
    assert {cell.data_type for line in sheet.iter_rows() for cell in line} <= {"s", "n"}
    assert sheet["C2"].value == '=HYPERLINK("http://x")'


def test_a_file_sent_again_brings_no_duplicates(cast: Cast) -> None:
    rows = [row("T-1"), row("T-2")]
    through(cast, rows)
    before = Record.objects.filter(subject_type="order").count()
    assert through(cast, rows).counts == {"unchanged": 2}
    assert (Order.objects.count(), Record.objects.filter(subject_type="order").count()) == (2, before)


def test_the_same_rows_twice_in_a_file_are_refused_unless_the_total_counts_both(cast: Cast) -> None:
    found = up_to_check(cast, [row("T-1"), row("T-1")])
    assert found.counts == {"wrong": 1}
    assert "两次" in showing.wrong(found)[0]["reason"]
    assert up_to_check(cast, [row("T-1", 实付金额=796)] * 2).counts == {"created": 1}


def test_several_rows_are_one_order_with_several_lines(cast: Cast) -> None:
    rows = [row("T-1", 实付金额=500), row("T-2"), row("T-1", 商品名称="灯泡", 数量=1, 金额=102, 实付金额=None)]
    assert through(cast, rows).counts == {"created": 2}
    order = Order.objects.get(external_id="T-1")
    assert (str(order.total), OrderLine.objects.filter(order=order).count()) == ("500.00", 2)


def test_rows_belong_together_whatever_nobody_sees_beside_their_number(cast: Cast) -> None:
    rows = [row("T-1", 金额=398, 实付金额=796), row("T-1\u200b", 商品名称="北欧吊灯", 金额=398, 实付金额=796)]
    found = through(cast, rows)
    assert (found.counts, OrderLine.objects.count()) == ({"created": 1}, 2)
    assert Order.objects.get().external_id == "T-1"


def test_a_change_before_acceptance_is_shown_first_and_then_followed(cast: Cast) -> None:
    through(cast, [row("T-1")])
    found = up_to_check(cast, [row("T-1", 商品名称="北欧吊灯")])
    (item,) = showing.changed(found, acting(cast.taker))
    assert (found.counts, item["ref"]) == ({"changed": 1}, Order.objects.get().ref)
    assert any("北欧吊灯" in line.title for line in item["differences"])
    assert OrderLine.objects.get().name == "北欧落地灯"
    assert imported(found, cast.taker).counts == {"changed": 1}
    assert OrderLine.objects.get().name == "北欧吊灯"


def test_a_change_after_acceptance_waits_for_a_decision(cast: Cast) -> None:
    through(cast, [row("T-1")])
    order = Order.objects.get()
    dispatch("acquisition.accept_order", acting(cast.taker), {}, subject=order)
    found = through(cast, [row("T-1", 商品名称="北欧吊灯")])
    assert found.counts == {"noted": 1}
    assert ChangeNotice.objects.get(order=order).state == ChangeNotice.PENDING
    assert OrderLine.objects.get().name == "北欧落地灯"


def test_an_order_of_another_department_is_not_changed_by_a_file_nor_shown(cast: Cast) -> None:
    theirs = received("T-1", platform="taobao", shop="hangzhou", lines=incoming().lines)
    dispatch(
        "acquisition.transfer_order",
        acting(cast.head),
        {"department": cast.service.pk, "reason": "属于服务"},
        subject=theirs,
    )
    found = up_to_check(cast, [row("T-1", 商品名称="北欧吊灯")])
    assert (found.counts, showing.changed(found, acting(cast.taker))) == ({"wrong": 1}, [])
    assert "其他部门" in showing.wrong(found)[0]["reason"]
    assert theirs.ref not in showing.wrong(found)[0]["reason"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"下单时间": "昨天"}, "昨天"),
        ({"下单时间": None}, "下单"),
        ({"手机号": "1.38123E+10"}, "15 位"),
        ({"金额": "#REF!"}, "#REF!"),
        ({"数量": 1.5}, "1.5"),
        ({"数量": -1}, "-1"),
        ({"实付金额": 100000000000}, "超出范围"),
        ({"实付金额": 1e30}, "超出范围"),
        ({"金额": 1e300}, "超出范围"),
        ({"数量": 1e30}, "不是"),
        ({"下单时间": 1e300}, "日期"),
        ({"收货人": None}, "收货人"),
        ({"商品名称": " "}, "商品"),
        ({"订单编号": None}, "订单"),
        ({"金额": "12.345"}, "两位小数"),
    ],
)
def test_a_wrong_cell_is_named_with_its_column_its_value_and_what_helps(
    changes: dict[str, Any], said: str, cast: Cast
) -> None:
    assert said in reason(cast, **changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"下单时间": 46283.4180555556},
        {"下单时间": "2026/9/18 10:02"},
        {"下单时间": "2026年9月18日 10时02分"},
        {"下单时间": "2026-09-18T02:02:00Z"},
        {"手机号": 13812345678},
        {"金额": "¥398.00", "实付金额": "398 元"},
        {"金额": "３９８", "数量": "2 件"},
    ],
)
def test_what_programs_write_differently_is_the_same_order(changes: dict[str, Any], cast: Cast) -> None:
    through(cast, [row("T-1")])
    assert up_to_check(cast, [row("T-1", **changes)]).counts == {"unchanged": 1}


def test_the_columns_are_remembered_for_the_next_file_of_this_layout(cast: Cast) -> None:
    first = uploaded(cast.taker)
    assert (first.stage, first.mapping) == (ImportStage.UPLOADED, {})
    first = mapped(first, cast.taker)
    assert (Layout.objects.get().digest, Layout.objects.get().mapping) == (first.layout, first.mapping)
    second = uploaded(cast.head)
    assert (second.stage, second.mapping) == (ImportStage.CHECKING, first.mapping)
    assert layouts.remembered("orders", "taobao", "elsewhere", first.headers) is None


def test_a_killed_check_begins_anew_and_a_killed_import_goes_on(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds.KINDS["orders"], "at_once", 10)
    found = up_to_check(cast, [row(f"T-{n}") for n in range(35)])
    assert Chunk.objects.filter(of=found).count() == 4
    found = confirmed(found, cast.taker)
    assert [importing.take_next(found.pk), importing.take_next(found.pk)] == [True, True]
    found.refresh_from_db()
    assert (found.done, found.counts, Order.objects.count()) == (20, {"created": 20}, 20)
    # The worker is gone; another one finds the import standing still.
    with clock.at(clock.now() + jobs.STUCK * 2):
        assert jobs.round_of_imports() == 1
    importing.go_on(found.pk)
    found.refresh_from_db()
    assert (found.stage, found.done, found.counts, Order.objects.count()) == ("imported", 35, {"created": 35}, 35)


def test_a_chunk_that_fails_leaves_neither_orders_nor_progress(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    found = confirmed(up_to_check(cast, [row("T-1")]), cast.taker)

    def killed(*_anything: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(importing, "_put_down", killed)
        with pytest.raises(KeyboardInterrupt):
            importing.take_next(found.pk)
    found.refresh_from_db()
    assert (Order.objects.count(), found.done, found.counts) == (0, 0, {})
    importing.go_on(found.pk)
    assert Order.objects.count() == 1


def test_a_check_that_nobody_foresaw_to_fail_ends_with_a_sentence(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_anything: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(kinds.KINDS["orders"], "foresee", broken)
    found = up_to_check(cast, [row("T-1")])
    assert (found.stage, "ZeroDivisionError" in found.problem) == ("uploaded", True)
    with clock.at(FRIDAY + jobs.STUCK * 2):
        assert jobs.round_of_imports() == 0


def test_a_check_that_the_database_fails_is_made_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_anything: object) -> None:
        raise OperationalError("gone")

    found = mapped(uploaded(cast.taker, book([row("T-1")]), "orders.xlsx"), cast.taker)
    with monkeypatch.context() as patched:
        patched.setattr(kinds.KINDS["orders"], "foresee", gone)
        with pytest.raises(OperationalError):
            checking.check(found.pk)
    assert checked(found).counts == {"created": 1}


def test_very_many_rows_of_one_number_are_one_wrong_order_soon(cast: Cast) -> None:
    found = up_to_check(cast, [row("T-1", 商品名称=f"灯 {number}") for number in range(3000)])
    assert (found.counts, found.rows) == ({"wrong": 1}, 3000)


def test_control_characters_in_a_header_reach_no_database(cast: Cast) -> None:
    text = "\ufeff订单编号,备注\x00\x07,下单时间,收货人,手机号,商品名称,数量,金额,实付金额\n"
    text += "T-1,急,2026-09-18 10:02:00,欧阳青,13812345678,北欧落地灯,2,398,398\n"
    found = uploaded(cast.taker, text.encode(), "orders.csv")
    assert found.headers[:3] == ["订单编号", "备注", "下单时间"]


def test_an_abandoned_import_stops_and_nobody_reads_its_file_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds.KINDS["orders"], "at_once", 1)
    found = confirmed(up_to_check(cast, [row("T-1"), row("T-2")]), cast.taker)
    importing.take_next(found.pk)
    dispatch("spreadsheet.abandon_import", acting(cast.taker), {"reason": "传错"}, subject=Import.objects.get())
    assert importing.take_next(found.pk) is False
    assert (Order.objects.count(), Chunk.objects.count(), found.parts.count()) == (1, 0, 0)
    assert bytes(DataKey.objects.get(pk=found.key_id).wrapped) == b""


def test_files_nobody_confirms_are_given_up_and_old_ones_erased(cast: Cast) -> None:
    done, left = through(cast, [row("T-1")]), uploaded(cast.taker, book([row("T-2")]), "b.xlsx")
    left = checked(left)
    with clock.at(FRIDAY + jobs.FORGOTTEN * 2):
        jobs.round_of_imports()
    done.refresh_from_db()
    left.refresh_from_db()
    assert (done.stage, done.parts.count(), left.stage) == ("imported", 0, "abandoned")
    assert Order.objects.count() == 1


def test_a_file_without_a_right_row_is_not_confirmed(cast: Cast) -> None:
    found = up_to_check(cast, [row("T-1", 金额="没有")])
    with pytest.raises(Refused, match="没有一行"):
        confirmed(found, cast.taker)
    found.refresh_from_db()
    assert (found.stage, Order.objects.count()) == (ImportStage.CHECKED, 0)


def test_a_cancelled_order_in_a_file_is_asked_about_and_a_request_followed(cast: Cast) -> None:
    headers = ",".join([*HEADERS, "订单状态"])
    values = ",".join(map(str, row("T-1")))
    columns = {"external_id": 0, "placed_at": 1, "receiver_name": 2, "name": 4, "category": 5, "amount": 7, "status": 9}
    for status, counts in (("已付款", {"created": 1}), ("交易关闭", {"wrong": 1}), ("申请取消", {"cancelling": 1})):
        found = uploaded(cast.taker, table(f"{values},{status}", headers=headers))
        found = checked(mapped(found, cast.taker, columns))
        assert sum(found.counts.values()) == 1
        if "wrong" not in counts:
            imported(found, cast.taker)
        else:
            assert found.counts == counts
    assert Order.objects.get().stage == OrderStage.CANCELLING


def test_personal_data_of_a_file_stand_nowhere_in_the_open(cast: Cast) -> None:
    found = up_to_check(cast, [row("T-1")])
    texts = [bytes(part.sealed) for part in found.parts.all()] + [bytes(chunk.sealed) for chunk in found.chunks.all()]
    texts += [bytes(found.sample), str(Record.objects.filter(subject_type="import").values_list("body")).encode()]
    assert all("欧阳青".encode() not in text and b"13812345678" not in text for text in texts)


def test_the_machine_may_import_but_an_executor_may_not(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        uploaded(cast.executor)
    assert Import.objects.count() == 0


def test_counts_are_in_words(cast: Cast) -> None:
    found = up_to_check(cast, [row("T-1"), row("T-2", 数量=0)])
    assert Counter({item["title"]: item["count"] for item in showing.counts_of(found)}) == {"新": 1, "有误": 1}
