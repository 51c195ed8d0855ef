"""Deciding on an evaluation: bodies, votes, own work, stand-ins, return, recall, what follows (2.2.3, 1.3.1, 1.3.4)."""

from datetime import timedelta

import pytest

from jiedan.acquisition.intake import take_in
from jiedan.acquisition.models import ChangeNotice
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.evaluation import papers
from jiedan.evaluation.models import Ballot, Evaluation
from jiedan.kernel import notices
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Forbidden, Invalid, Refused
from jiedan.kernel.models import Deadline, Notice, Procedure, Record
from jiedan.orders.access import visible
from jiedan.orders.models import Order
from jiedan.people.models import ReadingRight, Staff, StandIn
from tests.cast import FRIDAY, Cast, acting, incoming, logged_in, order_at, person, submitted, written

BLOCKING = {"likelihood": 5, "impact": 5, "grounds": "需要许可", "measure": "先取得许可"}
WHY = {"reason": "交期无法满足", "advice": "可选现货型号"}


def set_rules(cast: Cast, *lines: str) -> None:
    given = {"rules": "\n".join(lines), "reason": "试行"}
    dispatch("evaluation.set_decision_rules", acting(cast.decider), given, subject=_procedure())


def _procedure() -> Procedure:
    return Procedure.objects.get(pk=1)


def vote(staff: Staff, order: Order, step: str = "approve_evaluation", **more: str) -> Record:
    paper = Evaluation.objects.filter(order=order, content_hash__gt="").latest("pk")
    given = {"content_hash": paper.content_hash, **more}
    return dispatch(f"evaluation.{step}", acting(staff), given, subject=order).record


def stage(order: Order) -> str:
    return Order.objects.get(pk=order.pk).stage


def test_a_small_order_at_low_risk_is_the_heads_and_goes_on_with_the_next_step(cast: Cast) -> None:
    order = order_at(OrderStage.DECIDING, cast)
    vote(cast.head, order)
    assert stage(order) == OrderStage.NEGOTIATING
    assert Deadline.objects.get(subject_id=order.pk, name="decide_order").status == "kept"
    notices.carry_out(FRIDAY)
    assert {"order_taken_on"} <= set(Notice.objects.filter(staff=cast.taker).values_list("reaction", flat=True))


def test_from_medium_risk_on_the_decision_maker_decides(cast: Cast) -> None:
    order = order_at(OrderStage.ACCEPTED, cast)
    submitted(order, cast, market=BLOCKING | {"owner": cast.taker.pk, "likelihood": 1})
    with pytest.raises(Refused, match="待决策：云栖贸易有限公司 决策人（王思远）"):
        vote(cast.head, order)
    vote(cast.decider, order)
    assert stage(order) == OrderStage.NEGOTIATING


def test_a_majority_of_three_decides_and_the_clock_runs_until_it_does(cast: Cast) -> None:
    third = person("1009", "钱三", cast.service, Role.DEPARTMENT_HEAD)
    set_rules(cast, "majority head+decider+1009")
    order = order_at(OrderStage.DECIDING, cast)
    vote(cast.head, order, "decline_order", **WHY)
    assert (stage(order), Deadline.objects.get(name="decide_order").status) == (OrderStage.DECIDING, "running")
    vote(cast.decider, order)
    vote(third, order)
    assert (stage(order), Deadline.objects.get(name="decide_order").status) == (OrderStage.NEGOTIATING, "kept")
    assert sorted(Ballot.objects.values_list("vote", flat=True)) == ["decline", "take", "take"]


def test_in_a_sequence_only_the_next_is_asked_and_told(cast: Cast) -> None:
    set_rules(cast, "sequence head+decider")
    order = order_at(OrderStage.DECIDING, cast)
    with pytest.raises(Refused, match="待决策：家居事业部 业务部门负责人（李建国）"):
        vote(cast.decider, order)
    vote(cast.head, order)
    notices.carry_out(FRIDAY)
    assert Notice.objects.filter(staff=cast.decider, reaction="decision_asked").count() == 1
    vote(cast.decider, order)
    assert stage(order) == OrderStage.NEGOTIATING


def test_nobody_decides_on_their_own_work_and_it_goes_to_the_next_above(cast: Cast) -> None:
    order = order_at(OrderStage.ACCEPTED, cast)
    papers.save(order, acting(cast.head), {"next_step": "改"}, None, FRIDAY)
    paper = submitted(order, cast)
    assert paper.authors == [cast.taker.pk, cast.head.pk]
    with pytest.raises(Refused, match="不能对自己的工作作决策"):
        vote(cast.head, order)
    vote(cast.decider, order)
    assert stage(order) == OrderStage.NEGOTIATING


def test_an_evaluator_does_not_decide_as_somebodys_stand_in_either(cast: Cast) -> None:
    order = order_at(OrderStage.DECIDING, cast)
    StandIn.objects.create(
        staff=cast.head, substitute=cast.taker, since=FRIDAY, until=FRIDAY + timedelta(days=1), reason="休假"
    )
    with pytest.raises(Refused, match="不能对自己的工作作决策"):
        vote(cast.taker, order)
    assert Ballot.objects.count() == 0


def test_a_stand_in_fills_the_seat_once_and_both_names_stand_on_record(cast: Cast) -> None:
    set_rules(cast, "all head+decider")
    order = order_at(OrderStage.DECIDING, cast)
    StandIn.objects.create(
        staff=cast.head, substitute=cast.agent, since=FRIDAY, until=FRIDAY + timedelta(days=1), reason="休假"
    )
    record = vote(cast.agent, order)
    assert ('"actor_name":"孙巧"' in record.body, '"on_behalf_of_name":"李建国"' in record.body) == (True, True)
    ballot = Ballot.objects.get()
    assert (ballot.staff, ballot.on_behalf_of) == (cast.agent, cast.head)
    with pytest.raises(Refused, match="目前没有请您"):
        vote(cast.head, order)
    with pytest.raises(Refused, match="不能重复表决"):
        vote(cast.agent, order)
    assert Ballot.objects.count() == 1


def test_who_is_asked_from_elsewhere_reads_that_order_while_they_are_asked(cast: Cast) -> None:
    set_rules(cast, "single 2002")
    order, other = order_at(OrderStage.DECIDING, cast), order_at(OrderStage.ACCEPTED, cast, "K2")
    assert set(visible(acting(cast.other_head), Order)) == {order}
    client = logged_in(cast.other_head)
    assert [client.get(f"/orders/{one.ref}/").status_code for one in (order, other)] == [200, 404]
    assert order.ref in client.get("/decisions/").content.decode()
    assert set(visible(acting(cast.outsider), Order)) == set()
    vote(cast.other_head, order)
    assert set(visible(acting(cast.other_head), Order)) == set()
    assert ReadingRight.objects.get().until == FRIDAY


def test_a_cancelled_order_is_not_read_by_who_was_asked_any_more(cast: Cast) -> None:
    set_rules(cast, "single 2002")
    order = order_at(OrderStage.DECIDING, cast)
    dispatch("acquisition.cancel_order", acting(cast.head), {"reason": "不要了"}, subject=order)
    notices.carry_out(FRIDAY)
    assert set(visible(acting(cast.other_head), Order)) == set()
    assert Deadline.objects.get(name="decide_order").status == "void"


def test_questions_bring_the_paper_back_with_its_content_and_a_new_time(cast: Cast) -> None:
    order = order_at(OrderStage.DECIDING, cast)
    vote(cast.head, order, "return_evaluation", questions="库存核实了吗？")
    draft = Evaluation.objects.get(state=Evaluation.DRAFT)
    assert (stage(order), draft.round, draft.questions, draft.asked_by) == ("accepted", 2, "库存核实了吗？", cast.head)
    assert draft.content["next_step"] == "与客户确认送货日期"
    clocks = Deadline.objects.filter(name="evaluate_order").order_by("round").values_list("round", "status")
    assert list(clocks) == [(1, "kept"), (2, "running")]
    text = logged_in(cast.taker).get(f"/orders/{order.ref}/evaluation/feasibility/").content.decode()
    assert "库存核实了吗？" in text


def test_recalled_and_submitted_again_votes_on_the_old_content_count_no_more(cast: Cast) -> None:
    set_rules(cast, "all head+decider")
    order = order_at(OrderStage.DECIDING, cast)
    old = Evaluation.objects.get().content_hash
    vote(cast.head, order)
    dispatch("evaluation.recall_evaluation", acting(cast.taker), {"reason": "补充交期"}, subject=order)
    submitted(order, cast, next_step="先确认交期")
    given = {"content_hash": old}
    with pytest.raises(Refused, match="与您看到的不是同一份") as refused:
        dispatch("evaluation.approve_evaluation", acting(cast.decider), given, subject=order)
    assert refused.value.code == "evaluation_outdated"
    vote(cast.decider, order)
    assert stage(order) == OrderStage.DECIDING
    vote(cast.head, order)
    assert stage(order) == OrderStage.NEGOTIATING


def test_an_order_changed_under_decision_has_to_be_evaluated_again(cast: Cast) -> None:
    order = order_at(OrderStage.DECIDING, cast)
    take_in(incoming(buyer_remark="改为周末送货"))
    notice = {"content_hash": ChangeNotice.objects.get().content_hash, "reason": "客户同意"}
    dispatch("acquisition.take_over_change", acting(cast.taker), notice, subject=order)
    with pytest.raises(Refused, match="数据在评估提交后有变更") as refused:
        vote(cast.head, order)
    assert (refused.value.code, Ballot.objects.count()) == ("order_changed", 0)
    vote(cast.head, order, "return_evaluation", questions="按新要求核对")
    assert stage(order) == OrderStage.ACCEPTED


def test_a_blocking_legal_risk_needs_a_decision_makers_recorded_reason(cast: Cast) -> None:
    third = person("1009", "钱三", cast.service, Role.DEPARTMENT_HEAD)
    set_rules(cast, "majority head+1009+decider")
    order = order_at(OrderStage.ACCEPTED, cast)
    submitted(order, cast, legal=BLOCKING | {"owner": cast.taker.pk})
    vote(cast.head, order)
    vote(third, order)
    assert stage(order) == OrderStage.DECIDING
    with pytest.raises(Invalid) as refused:
        vote(cast.decider, order)
    assert refused.value.fields == {"reason": ["法律风险已达“阻断”：请写明为何仍可承接。"]}
    record = vote(cast.decider, order, reason="许可证已于本月取得")
    assert stage(order) == OrderStage.NEGOTIATING
    assert "许可证已于本月取得" in record.body


def test_a_declined_order_ends_and_the_department_records_how_the_customer_was_told(cast: Cast) -> None:
    order = order_at(OrderStage.DECLINED, cast)
    paper = Evaluation.objects.get()
    assert (stage(order), paper.reason, paper.advice, paper.told_at) == ("declined", *WHY.values(), None)
    told = {"told_by": "phone", "said": "已说明原因"}
    dispatch("evaluation.tell_customer", acting(cast.taker), told, subject=order)
    with pytest.raises(Refused, match="已经告知"):
        dispatch("evaluation.tell_customer", acting(cast.taker), told, subject=order)
    with pytest.raises(Refused):
        dispatch("acquisition.cancel_order", acting(cast.head), {"reason": "x"}, subject=order)
    take_in(incoming(status="cancelled"))
    assert stage(order) == OrderStage.DECLINED


def test_when_everybody_had_a_hand_in_it_submitting_is_refused_and_nothing_changes(cast: Cast) -> None:
    set_rules(cast, "single 1002")
    order = order_at(OrderStage.ACCEPTED, cast)
    written(order, cast)
    with pytest.raises(Refused, match="没有可以决策的人") as refused:
        dispatch("evaluation.submit_evaluation", acting(cast.head), {}, subject=order)
    assert (refused.value.code, stage(order)) == ("nobody_decides", OrderStage.ACCEPTED)
    assert Evaluation.objects.get().state == Evaluation.DRAFT


def test_who_has_no_role_for_it_is_refused(cast: Cast) -> None:
    order = order_at(OrderStage.DECIDING, cast)
    with pytest.raises(Forbidden):
        vote(cast.agent, order)
    assert stage(order) == OrderStage.DECIDING


def test_the_inbox_shows_the_papers_votes_and_what_comes_next_and_one_press_approves(cast: Cast) -> None:
    set_rules(cast, "majority head+decider+2002")
    order = order_at(OrderStage.DECIDING, cast)
    vote(cast.head, order)
    client = logged_in(cast.decider)
    text = client.get("/decisions/").content.decode()
    assert "同意 1 票，不承接 0 票；3 票中过半（2 票）即决定。" in text
    assert "李建国" in text
    given = {"content_hash": Evaluation.objects.get().content_hash, "next": "/decisions/"}
    answer = client.post(f"/orders/{order.ref}/do/evaluation.approve_evaluation/", given)
    assert (answer.status_code, answer.headers["Location"], stage(order)) == (302, "/decisions/", "negotiating")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("single 7777", "没有工号为 7777 的人员"),
        ("single head, colour=red", "第 1 行：不认识“colour”"),
        ("single head, department=NONE", "没有部门 NONE"),
        ("single head, amount=9-3", "范围的上限小于下限"),
        ("perhaps head", ""),
    ],
)
def test_wrong_rules_are_refused_with_the_reason_and_change_nothing(cast: Cast, line: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        set_rules(cast, line)
    assert said in str(refused.value.fields)
    assert "单笔" not in logged_in(cast.decider).get("/procedure/decisions/").content.decode()
    assert Record.objects.count() == 0


def test_the_screening_list_is_set_as_lines_and_read_back_as_lines(cast: Cast) -> None:
    lines = "prohibited: 象牙|虎骨 = 不得经营\nplatform: 刷单 = 平台禁止\nprohibited category: 烟草 = 须许可"
    given = {"entries": lines, "reason": "更新"}
    dispatch("evaluation.set_screening", acting(cast.system_admin), given, subject=_procedure())
    page = logged_in(cast.decider).get("/procedure/ZD000001/do/evaluation.set_screening/").content.decode()
    assert lines in page
