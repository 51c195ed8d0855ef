"""The evaluation's paper: pre-filled, saved, refused with a reason, submitted whole (2.2.1, 2.2.2, 1.3.1)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from jiedan.acquisition.incoming import IncomingLine
from jiedan.core import clock
from jiedan.core.lifecycle import OrderStage
from jiedan.documents.models import Document
from jiedan.evaluation import papers
from jiedan.evaluation.known import findings, history_of, workdays_between
from jiedan.evaluation.models import Evaluation
from jiedan.kernel import rules
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Forbidden, Invalid, Refused
from jiedan.kernel.models import Attempt, Deadline, Record
from jiedan.orders.models import Order
from jiedan.people.actor import SYSTEM
from tests.cast import FRIDAY, SHEET, Cast, acting, logged_in, order_at, received, submitted, written

RISKY = {"likelihood": 3, "impact": 3, "grounds": "旺季运力紧张"}
SUBMIT = "evaluation.submit_evaluation"


def accepted(cast: Cast, name: str = "象牙白落地灯", **changes: object) -> Order:
    line = IncomingLine(
        number=1, name=name, category="家居/灯具", quantity=2, unit_price=Decimal("199.00"), amount=Decimal("398.00")
    )
    order = received("E1", lines=[line], **changes)
    dispatch("acquisition.accept_order", acting(cast.taker), {}, subject=order)
    return Order.objects.get(pk=order.pk)


def test_the_paper_begins_with_what_the_system_knows_and_says_what_it_does_not(cast: Cast) -> None:
    order = accepted(cast, name="北欧落地灯", promised_on=date(2026, 9, 22))
    found = findings(order, FRIDAY)
    assert found["scope"].grade == "yes"
    assert found["scope"].known == ["家居/灯具 属于本部门承接范围（家居）"]
    assert found["resources"].known == [
        "本部门现有未完结订单 1 单，人员 4 人", "距要求交期 2026-09-22 还有 3 个工作日",
    ]  # fmt: skip
    assert found["scope"].unknown == ["不在目录中 1 项（北欧落地灯）。"]
    assert found["resources"].unknown == ["不在目录中的明细需要多少库存、工时和设备，系统不掌握：北欧落地灯。"]
    assert (found["resources"].grade, found["difficulty"].grade) == (None, None)
    assert (found["delivery"].likelihood, found["delivery"].impact) == (4, 3)
    assert found["market"].known == []
    assert found["credit"].known == ["该客户此前没有在我司下过单"]


def test_working_days_until_the_wanted_date_follow_the_calendar() -> None:
    calendar = rules.in_force(FRIDAY).calendar
    days = (date(2026, 9, 18), date(2026, 9, 19), date(2026, 9, 20), date(2026, 9, 17))
    assert [workdays_between(calendar, days[0], day) for day in days] == [0, 0, 1, 0]


test_working_days_until_the_wanted_date_follow_the_calendar = pytest.mark.django_db(
    test_working_days_until_the_wanted_date_follow_the_calendar
)


def test_our_own_history_with_the_customer_stands_in_the_credit(cast: Cast) -> None:
    old = received("OLD")
    dispatch("acquisition.cancel_order", acting(cast.head), {"reason": "不要了"}, subject=old)
    credit = findings(accepted(cast), FRIDAY)["credit"]
    assert credit.known == [
        "历史订单 1 单，金额 ¥0.00；取消 1 单，不承接 0 单，接收后变更 0 次，下单一天后才付款 0 单，接收后申请取消而未取消 0 单"
    ]
    assert credit.likelihood == 3


def test_what_was_paid_late_or_disputed_counts_against_the_customer_and_what_was_cancelled_counts_once(
    cast: Cast,
) -> None:
    late = received("LATE", paid_at=FRIDAY, placed_at=FRIDAY - timedelta(hours=25))
    disputed, gone = order_at(OrderStage.ACCEPTED, cast, "D"), order_at(OrderStage.ACCEPTED, cast, "G")
    for order in (disputed, gone):
        dispatch("acquisition.request_cancel", SYSTEM, {"reason": "不想要了"}, subject=order)
    dispatch("acquisition.refuse_cancel", acting(cast.head), {"reason": "已备货"}, subject=disputed)
    dispatch("acquisition.cancel_order", acting(cast.head), {"reason": "同意取消"}, subject=gone)
    history = history_of(received("NEW"))
    assert (history.orders, history.late, history.disputed, history.cancelled) == (3, 1, 1, 1)
    assert history_of(late).late == 0


def test_a_listed_word_makes_a_legal_risk_that_nobody_plays_down_silently(cast: Cast) -> None:
    order = accepted(cast)
    legal = papers.begun(order, FRIDAY).content["legal"]
    assert (legal["likelihood"], legal["impact"]) == (5, 5)
    assert "象牙" in legal["grounds"]
    assert "明细第 1 行" in legal["grounds"]
    written(order, cast)
    with pytest.raises(Invalid) as refused:
        dispatch(SUBMIT, acting(cast.taker), {}, subject=order)
    assert list(refused.value.fields) == ["legal.grounds"]
    written(order, cast, legal={"likelihood": 1, "impact": 2, "grounds": "“象牙白”是颜色"})
    assert dispatch(SUBMIT, acting(cast.taker), {}, subject=order).subject.stage == OrderStage.DECIDING


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"scope": {"grade": "yes", "grounds": " "}}, ["scope.grounds"]),
        ({"difficulty": {"grade": None, "grounds": "常规"}}, ["difficulty.grade"]),
        ({"market": RISKY}, ["market.measure", "market.owner"]),
        ({"market": {"likelihood": None, "impact": 3}}, ["market.likelihood"]),
        ({"recommendation": None}, ["recommendation"]),
        ({"next_step": ""}, ["next_step"]),
        ({"recommendation": "decline"}, ["reason", "advice"]),
        ({"scope": {"grade": "no", "grounds": "不做灯具"}}, ["recommendation"]),
    ],
)
def test_what_is_missing_is_named_by_its_place_and_nothing_changes(
    cast: Cast, changes: dict[str, object], fields: list[str]
) -> None:
    order = accepted(cast, name="北欧落地灯")
    paper = written(order, cast, **changes)
    before = Record.objects.count()
    with pytest.raises(Invalid) as refused:
        dispatch(SUBMIT, acting(cast.taker), {}, subject=order)
    assert list(refused.value.fields) == fields
    paper.refresh_from_db()
    assert (paper.state, Record.objects.count()) == (Evaluation.DRAFT, before)
    assert Order.objects.get(pk=order.pk).stage == OrderStage.ACCEPTED


def test_submitting_freezes_seals_and_starts_the_time_to_decide(cast: Cast) -> None:
    order = order_at(OrderStage.ACCEPTED, cast)
    paper = submitted(order, cast)
    assert (paper.state, paper.level, paper.authors) == ("submitted", "low", [cast.taker.pk])
    assert paper.content_hash == papers.fingerprint(paper, order)
    assert paper.known["market"]["unknown"]
    clocks = Deadline.objects.filter(subject_id=order.pk).order_by("pk").values_list("name", "status")
    assert list(clocks) == [("accept_order", "kept"), ("evaluate_order", "kept"), ("decide_order", "running")]
    document = Document.objects.get(order=order)
    assert (document.kind, document.media_type, document.signature["state"]) == (
        "evaluation_sheet", "application/pdf", "valid",
    )  # fmt: skip


def test_somebody_who_saw_an_older_version_is_told_and_overwrites_nothing(cast: Cast) -> None:
    order = order_at(OrderStage.ACCEPTED, cast)
    first = papers.save(order, acting(cast.taker), {"next_step": "甲"}, 0, FRIDAY)
    with pytest.raises(Refused, match="张晓月 在此期间保存过（第 1 版）") as refused:
        papers.save(order, acting(cast.head), {"next_step": "乙"}, 0, FRIDAY)
    assert refused.value.code == "paper_changed"
    first.refresh_from_db()
    assert (first.version, first.content["next_step"], first.authors) == (1, "甲", [cast.taker.pk])
    again = papers.save(order, acting(cast.head), {"next_step": "甲"}, 0, FRIDAY)
    assert (again.version, again.authors) == (1, [cast.taker.pk])


def test_only_the_department_writes_and_only_while_the_order_is_accepted(cast: Cast) -> None:
    order = order_at(OrderStage.DECIDING, cast)
    with pytest.raises(Refused, match="正在决策，不能修改。请先撤回"):
        papers.save(order, acting(cast.taker), SHEET, None, FRIDAY)
    with pytest.raises(Forbidden):
        papers.save(order, acting(cast.outsider), SHEET, None, FRIDAY)
    with pytest.raises(Refused, match="只有在“已接收”阶段才能填写评估"):
        papers.save(received("K2"), acting(cast.taker), SHEET, None, FRIDAY)
    assert Evaluation.objects.get().version == 1


def test_the_wizard_saves_by_itself_and_says_by_whom(cast: Cast) -> None:
    order = order_at(OrderStage.ACCEPTED, cast)
    client, address = logged_in(cast.taker), f"/orders/{order.ref}/evaluation/conclusion/"
    sent = {"version": "0", "recommendation": "take", "next_step": "报价"}
    answer = client.post(address, sent, headers={"HX-Request": "true"})
    assert 'id="paper-version" value="1"' in answer.content.decode()
    assert "张晓月" in answer.content.decode()
    late = client.post(address, {**sent, "next_step": "另报价"}, headers={"HX-Request": "true"})
    assert (late.status_code, "在此期间保存过" in late.content.decode()) == (409, True)
    assert Evaluation.objects.get().content["next_step"] == "报价"


def test_the_wizard_names_what_is_missing_on_its_other_steps_with_the_way_there(cast: Cast) -> None:
    order = order_at(OrderStage.ACCEPTED, cast)
    address = f"/orders/{order.ref}/evaluation/"
    sent = {"version": "0", "recommendation": "take", "next_step": "报价", "go": "submit"}
    answer = logged_in(cast.taker).post(f"{address}conclusion/", sent)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="{address}feasibility/#resources"' in text
    assert f'href="{address}risks/#market"' in text
    assert Order.objects.get(pk=order.pk).stage == OrderStage.ACCEPTED


def test_what_was_typed_wrongly_comes_back_with_the_reason(cast: Cast) -> None:
    order = order_at(OrderStage.ACCEPTED, cast)
    with clock.at(FRIDAY):
        answer = logged_in(cast.taker).post(
            f"/orders/{order.ref}/evaluation/risks/",
            {"version": "0", "market.likelihood": "9", "market.grounds": "涨价"},
        )
    assert answer.status_code == 422
    assert "涨价" in answer.content.decode()
    assert not Evaluation.objects.exists()


def test_writing_in_an_evaluation_that_is_being_decided_on_is_known(cast: Cast) -> None:
    order = order_at(OrderStage.DECIDING, cast)
    with pytest.raises(Refused):
        papers.save(order, acting(cast.taker), {"next_step": "改一下"}, None, FRIDAY)
    attempt = Attempt.objects.get()
    assert (attempt.action, attempt.who, attempt.status, attempt.code) == (
        "evaluation.submit_evaluation", "张晓月", 409, "under_decision",
    )  # fmt: skip
