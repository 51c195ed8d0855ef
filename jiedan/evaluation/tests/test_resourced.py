"""What catalogue, stock, hours and equipment say to the three questions, and what is kept of it (2.2.1)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from jiedan.documents.models import Document
from jiedan.evaluation import papers, sealing
from jiedan.evaluation.known import findings
from jiedan.evaluation.models import Evaluation
from jiedan.kernel import rules
from jiedan.kernel.action import REGISTRY
from jiedan.kernel.dispatch import Context, dispatch
from jiedan.orders.models import Order
from jiedan.resources.models import Item
from tests.cast import FRIDAY, Cast, acting, incoming, logged_in, received, submitted
from tests.resources import REASON, able, equipment_at, listed

NEXT_FRIDAY = date(2026, 9, 25)
HOURS = "具备“安装”的 1 人到 2026-09-25 共有 38 工时，其中 1 张在办订单需要 3 工时，空余 35 工时，本单需要 3 工时"


def accepted(cast: Cast, external_id: str = "E1", **changes: Any) -> Order:
    order = received(external_id, **{"promised_on": NEXT_FRIDAY, **changes})
    dispatch("acquisition.accept_order", acting(cast.taker), {}, subject=order)
    return Order.objects.get(pk=order.pk)


def stocked(cast: Cast, stock: int | None = 10, **changes: Any) -> Item:
    """The lamp in the catalogue, somebody who installs it, and a vehicle in order."""
    found = listed(cast, stock=stock, **changes)
    able(cast.executor, cast)
    given = {"number": "DC-9", "kind": "登高车", "name": "登高车", "department": cast.home.pk}
    dispatch("resources.add_equipment", acting(cast.head), given)
    return found


def test_what_is_known_stands_in_each_answer_with_figures_a_suggested_grade_and_the_way_there(cast: Cast) -> None:
    found = stocked(cast)
    accepted(cast, "E0")
    known = findings(accepted(cast), FRIDAY)
    assert known["scope"].known[-1] == "目录中有 1 项（北欧落地灯）"
    assert known["scope"].links == [("北欧落地灯", f"/resources/{found.ref}/")]
    assert known["resources"].known[2:] == [
        "标准交付周期 3 个工作日",
        "“北欧落地灯”库存 10，其中 1 张在办订单需要 2，可用 8，本单需要 2",
        HOURS,
        "“登高车”共 1 台，到 2026-09-25 可用 1 台，1 张在办订单约占 1 台（3 工时），空余 0 台",
    ]
    assert known["difficulty"].known[0] == "需要“安装”：能胜任 1 人（赵大勇）"
    grades = [known[name].grade for name in ("scope", "resources", "difficulty")]
    assert grades == ["yes", "conditions", "yes"]
    assert known["resources"].unknown == ["人员和设备的实际排班尚未掌握，在办订单所需按目录标准估算。"]


def test_enough_of_everything_that_is_known_suggests_yes(cast: Cast) -> None:
    stocked(cast)
    known = findings(accepted(cast), FRIDAY)
    assert [known[name].grade for name in ("scope", "resources", "difficulty")] == ["yes", "yes", "yes"]


@pytest.mark.parametrize(
    ("stock", "changes", "order", "grade", "sentence"),
    [
        (None, {}, {}, None, "尚未盘点库存：北欧落地灯。"),
        (1, {}, {}, "conditions", "库存 1，其中 0 张在办订单需要 0，可用 1，本单需要 2"),
        (10, {"lead_days": 9}, {}, "conditions", "标准交付周期 9 个工作日"),
        (10, {"hours": "20"}, {}, "conditions", "本单需要 40 工时"),
        (10, {}, {"promised_on": None}, "yes", "客户没有要求交期，工时和设备按到 2026-10-16 计算。"),
        (10, {"equipment": "吊车"}, {}, "conditions", "本部门没有“吊车”"),
    ],
)
def test_what_is_lacking_is_a_condition_and_what_isnt_known_gives_no_grade(
    cast: Cast, stock: int | None, changes: dict[str, Any], order: dict[str, Any], grade: str | None, sentence: str
) -> None:
    stocked(cast, stock, **changes)
    found = findings(accepted(cast, **order), FRIDAY)["resources"]
    assert found.grade == grade
    assert any(sentence in said for said in [*found.known, *found.unknown])


def test_nobody_has_the_skill_and_somebody_elses_or_withdrawn_goods_are_said_plainly(cast: Cast) -> None:
    found = stocked(cast, skills="电工", department=cast.service.pk)
    able(cast.agent, cast, "电工", "1")
    known = findings(accepted(cast), FRIDAY)
    assert "需要“电工”：本部门无人能胜任，学习中 1 人" in known["difficulty"].known
    assert "“北欧落地灯”由服务事业部承接，不属于本部门" in known["scope"].known
    assert [known[name].grade for name in ("scope", "resources", "difficulty")] == ["conditions"] * 3
    dispatch("resources.withdraw_item", acting(cast.decider), dict(REASON), subject=found)
    assert "已停供：北欧落地灯" in findings(accepted(cast, "E2"), FRIDAY)["scope"].known


def test_a_submitted_evaluation_keeps_what_it_rested_on_whatever_becomes_of_it(cast: Cast) -> None:
    item = stocked(cast)
    accepted(cast, "E0")
    order = accepted(cast)
    paper = submitted(order, cast)
    assert HOURS in paper.known["resources"]["known"]
    dispatch("resources.count_stock", acting(cast.head), {"on_hand": 0, **REASON}, subject=item)
    equipment_at("in_use", cast)
    kept = Evaluation.objects.get(pk=paper.pk)
    assert (kept.known, papers.is_as_submitted(kept, Order.objects.get(pk=order.pk))) == (paper.known, True)
    page = logged_in(cast.taker).get(f"/orders/{order.ref}/evaluation/").content.decode()
    assert HOURS in page
    assert "库存 10，其中" in page


def test_the_sealed_paper_names_what_the_system_knew(cast: Cast) -> None:
    stocked(cast)
    accepted(cast, "E0")
    order = accepted(cast)
    paper = submitted(order, cast)
    taker, action = acting(cast.taker), REGISTRY["evaluation.submit_evaluation"]
    ctx = Context(action, taker, taker.grants[0], FRIDAY, rules.in_force(FRIDAY), "page")
    assert ["资源是否充足？", HOURS] in sealing._data(order, paper, ctx)["known"]
    assert Document.objects.get(order=order).media_type == "application/pdf"


def test_the_wizard_shows_the_figures_with_links(cast: Cast) -> None:
    found = stocked(cast)
    order = accepted(cast)
    page = logged_in(cast.taker).get(f"/orders/{order.ref}/evaluation/feasibility/").content.decode()
    assert f'href="/resources/{found.ref}/"' in page
    assert f'href="/resources/capacity/?department={cast.home.pk}"' in page
    assert "本单需要 3 工时" in page


def test_many_long_names_still_fit_the_grounds(cast: Cast) -> None:
    stocked(cast)
    amount = Decimal("15920.00")
    lines = [
        line.model_copy(update={"number": n, "name": f"{n}" + "很长的名称" * 39, "sku": ""})
        for n, line in enumerate(list(incoming().lines) * 40, start=1)
    ]
    order = accepted(cast, lines=lines, goods_amount=amount, total=amount)
    content = papers.begun(order, FRIDAY).content
    assert "等另有 35 项" in "".join(findings(order, FRIDAY)["scope"].unknown)
    assert all(len(content[name]["grounds"]) <= 2000 for name in ("scope", "resources", "difficulty"))
