"""Catalogue, stock and equipment change by steps, each with its record; a refusal changes nothing (2.2.1, 3.2.2)."""

import json
from datetime import date
from typing import Any

import pytest

from jiedan.core import clock
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Forbidden, Invalid, Refused
from jiedan.kernel.models import Record
from jiedan.resources.models import Equipment, Item, ItemCode, Outage, StockChange
from tests.cast import Cast, acting, shanghai
from tests.resources import REASON, equipment_at, item, item_at, listed

SKILLS = ["安装", "电工"]


def test_an_item_is_known_by_its_code_and_those_of_platforms(cast: Cast) -> None:
    found = listed(cast, "家居/灯具-1", skills="安装、电工", also="SERV", codes="K-1|K-2", hours="0.25")
    assert (found.minutes, found.department, list(found.also.all())) == (15, cast.home, [cast.service])
    assert sorted(skill.name for skill in found.skills.all()) == SKILLS
    assert sorted(row.code for row in found.codes.all()) == ["K-1", "K-2", "家居/灯具-1"]
    body = json.loads(Record.objects.get().body)
    assert (body["action"], body["facts"]["code"], body["facts"]["skills"]) == (
        "resources.add_item", "家居/灯具-1", "安装、电工",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"code": "S1"}, "code", "目录中已有该编码"),
        ({"code": "K-1"}, "code", "目录中已有该编码"),
        ({"codes": "K-9|K-1"}, "codes", "K-1"),
        ({"also": "SERV|NONE"}, "also", "没有代码为 NONE 的在用部门"),
        ({"hours": "0.01"}, "hours", "整分钟"),
        ({"hours": "-1"}, "hours", "不小于 0|至少|0"),
        ({"name": " "}, "name", ""),
        ({"department": 999}, "department", "没有"),
    ],
)
def test_what_is_wrong_with_a_new_item_is_named_and_nothing_is_added(
    cast: Cast, changes: dict[str, Any], field: str, sentence: str
) -> None:
    listed(cast, "S1", codes="K-1")
    before = (Item.objects.count(), ItemCode.objects.count(), Record.objects.count())
    with pytest.raises(Invalid) as refused:
        dispatch("resources.add_item", acting(cast.head), item(cast, **{"code": "S2", **changes}))
    assert list(refused.value.fields) == [field]
    assert any(word in "".join(refused.value.fields[field]) for word in sentence.split("|"))
    assert (Item.objects.count(), ItemCode.objects.count(), Record.objects.count()) == before


def test_a_change_says_what_was_before_and_frees_codes_that_are_dropped(cast: Cast) -> None:
    found = listed(cast, "S1", codes="K-1|K-2")
    given = item(cast, name="新款落地灯", codes="K-2", hours="2", **REASON)
    done = dispatch("resources.change_item", acting(cast.head), given, subject=found)
    changes = json.loads(done.record.body)["facts"]["item_changes"]
    assert changes == {"name": ["北欧落地灯", "新款落地灯"], "hours": ["1.5", "2"], "codes": ["K-1|K-2", "K-2"]}
    assert sorted(row.code for row in ItemCode.objects.all()) == ["K-2", "S1"]


def test_a_head_says_nothing_of_what_another_department_answers_for(cast: Cast) -> None:
    found = listed(cast, "S1", stock=4)
    before = Record.objects.count()
    for code, given in (
        ("change_item", item(cast, **REASON)), ("count_stock", {"on_hand": 9, **REASON}), ("withdraw_item", REASON),
    ):  # fmt: skip
        with pytest.raises(Forbidden):
            dispatch(f"resources.{code}", acting(cast.other_head), given, subject=found)
    with pytest.raises(Forbidden):
        # Nor does one give away to, or take from, a department that isn't theirs.
        dispatch(
            "resources.change_item", acting(cast.head), item(cast, department=cast.service.pk, **REASON), subject=found
        )
    found.refresh_from_db()
    assert (found.department, found.on_hand, Record.objects.count()) == (cast.home, 4, before)


def test_stock_is_counted_and_adjusted_and_every_change_stays(cast: Cast) -> None:
    found, head = listed(cast), acting(cast.head)
    with pytest.raises(Refused, match="尚未盘点，请先盘点"):
        dispatch("resources.adjust_stock", head, {"change": 5, **REASON}, subject=found)
    dispatch("resources.count_stock", head, {"on_hand": 10, "reason": "期初"}, subject=found)
    dispatch("resources.adjust_stock", head, {"change": -3, "reason": "破损"}, subject=found)
    done = dispatch("resources.count_stock", head, {"on_hand": 8, "reason": "年终"}, subject=found)
    rows = StockChange.objects.order_by("pk").values_list("counted", "change", "balance", "reason", "by")
    assert list(rows) == [
        (True, 10, 10, "期初", cast.head.pk), (False, -3, 7, "破损", cast.head.pk), (True, 1, 8, "年终", cast.head.pk),
    ]  # fmt: skip
    assert json.loads(done.record.body)["facts"]["stock"] == [7, 8]
    for change in (0, -9, 100_000_000):
        with pytest.raises(Invalid):
            dispatch("resources.adjust_stock", head, {"change": change, **REASON}, subject=found)
    found.refresh_from_db()
    assert (found.on_hand, StockChange.objects.count()) == (8, 3)


def test_a_service_has_no_stock_and_stocked_goods_become_no_service(cast: Cast) -> None:
    service, goods = listed(cast, "V1", kind="service"), listed(cast, "S1", stock=3)
    with pytest.raises(Refused, match="是服务，没有库存"):
        dispatch("resources.count_stock", acting(cast.head), {"on_hand": 1, **REASON}, subject=service)
    with pytest.raises(Refused, match="不能改为服务"):
        dispatch("resources.change_item", acting(cast.head), item(cast, kind="service", **REASON), subject=goods)
    service.refresh_from_db()
    goods.refresh_from_db()
    assert (service.on_hand, goods.kind, goods.on_hand) == (None, "product", 3)


def test_a_withdrawn_item_comes_back_with_its_stock(cast: Cast) -> None:
    found = item_at("withdrawn", cast)
    assert found.stage == "withdrawn"
    dispatch("resources.offer_item", acting(cast.head), dict(REASON), subject=found)
    found.refresh_from_db()
    assert (found.stage, found.on_hand) == ("offered", 40)


def spans(piece: Equipment) -> list[tuple[date, date | None]]:
    return list(piece.outages.order_by("since").values_list("since", "until"))


def test_times_out_of_order_never_overlap_and_end_with_today(cast: Cast) -> None:
    piece, worker = equipment_at("in_use", cast), acting(cast.executor)
    dispatch("resources.report_outage", worker, {"since": "2026-10-08", **REASON}, subject=piece)
    for wrong in ({"since": "2026-09-19"}, {"since": "2026-09-01"}, {"since": "2026-10-09", "until": "2026-10-10"}):
        with pytest.raises(Invalid):
            dispatch("resources.report_outage", worker, {**wrong, **REASON}, subject=piece)
    backwards = {"since": "2026-09-30", "until": "2026-09-29", **REASON}
    with pytest.raises(Invalid):
        dispatch("resources.report_outage", worker, backwards, subject=piece)
    assert spans(piece) == [(date(2026, 9, 18), date(2026, 9, 19)), (date(2026, 10, 8), None)]
    with clock.at(shanghai(9, 19)):
        done = dispatch("resources.end_outage", worker, dict(REASON), subject=piece)
    assert json.loads(done.record.body)["facts"]["out"] == ["2026-09-18 – 2026-09-19", "2026-10-08"]
    assert spans(piece) == [(date(2026, 9, 18), date(2026, 9, 18))]
    with clock.at(shanghai(9, 19)), pytest.raises(Refused, match="未登记停用"):
        dispatch("resources.end_outage", worker, dict(REASON), subject=piece)


def test_a_number_stands_on_one_piece(cast: Cast) -> None:
    equipment_at("in_use", cast)
    given = {"number": "HOME-01", "kind": "登高车", "name": "另一台", "department": cast.home.pk}
    with pytest.raises(Invalid):
        dispatch("resources.add_equipment", acting(cast.head), given)
    assert (Equipment.objects.count(), Outage.objects.count()) == (1, 1)
