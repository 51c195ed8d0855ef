"""Routing rules as people and programs write them, put in force, read by a router (clause 1.3.4)."""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pydantic import ValidationError

from jiedan.acquisition.intake import take_in_many
from jiedan.acquisition.models import RoutingVersion
from jiedan.acquisition.queries import open_orders, router
from jiedan.acquisition.routing import Rule
from jiedan.acquisition.routing_facts import RoutingFacts
from jiedan.acquisition.routing_history import editions
from jiedan.acquisition.routing_input import RoutingRule, as_text, from_text
from jiedan.acquisition.routing_replay import replayed
from jiedan.acquisition.routing_told import told
from jiedan.core import clock
from jiedan.core.lifecycle import OrderStage
from jiedan.kernel import rules as company_rules
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Invalid, Refused
from jiedan.kernel.models import Procedure, Record
from jiedan.orders.models import Order
from tests.cast import FRIDAY, Cast, acting, incoming, order_at, received, shanghai

CODES = {"HOME": 2, "SERV": 3}
NAMES = {2: "HOME", 3: "SERV"}


def put(cast: Cast, rules: Any, **more: Any) -> None:
    data = {"rules": rules, "reason": "调整", **more}
    dispatch("acquisition.set_routing", acting(cast.decider), data, subject=Procedure.objects.get())


def read(text: str) -> list[Rule]:
    rules = from_text(text)
    assert isinstance(rules, list)
    return [RoutingRule.model_validate(rule).rule(CODES) for rule in rules]


def test_a_line_can_name_every_condition_in_any_order() -> None:
    line = "HOME+SERV, most_open=20, shop=a|b, platform=kaola, category=家居|服务, amount=0.5-1000, region=浙江省 杭州市|上海, word=安装, hours=outside"
    assert read(line) == [
        Rule(
            (2, 3), shops=("a", "b"), platforms=("kaola",), categories=("家居", "服务"), amount_from=Decimal("0.5"),
            amount_to=Decimal(1000), regions=("浙江省 杭州市", "上海"), words=("安装",), hours="outside", most_open=20,
        )
    ]  # fmt: skip


def test_the_short_lines_of_before_mean_what_they_meant() -> None:
    assert read("SERV,hangzhou,家居\n\nHOME，，\n") == [
        Rule((3,), shops=("hangzhou",), categories=("家居",)),
        Rule((2,)),
    ]


@pytest.mark.parametrize("line", ["HOME", "HOME+SERV, shop=a, amount=5-, hours=within", "SERV, amount=-9, most_open=1"])
def test_what_is_written_as_text_is_read_back_the_same(line: str) -> None:
    assert as_text(read(line), NAMES) == line


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("HOME\nHOME, ort=x", "第 2 行：“ort=x”不是可用的条件"),
        ("HOME, a, b, c", "“c”不是可用的条件"),
        ("HOME, amount=500", "第 1 行：金额请写成 500-1000、500- 或 -1000"),
        ("HOME, a, shop=b", "第 1 行：“shop”出现了两次"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(text: str, said: str) -> None:
    with pytest.raises(ValueError, match="第") as refused:
        from_text(text)
    assert said in str(refused.value)


def test_a_text_without_end_is_refused_before_it_is_read() -> None:
    with pytest.raises(ValueError, match="50000"):
        from_text("HOME\n" * 10_001)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("departments", {"departments": []}),
        ("amount_to", {"amount_from": "10", "amount_to": "9.99"}),
        ("amount_from", {"amount_from": "0.001"}),
        ("regions", {"regions": ["省"]}),
        ("hours", {"hours": "lunch"}),
        ("most_open", {"most_open": 0}),
        ("words", {"words": ["x" * 61]}),
        ("colour", {"colour": "red"}),
    ],
)
def test_a_wrong_condition_is_named_by_its_field(field: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        RoutingRule.model_validate({"departments": ["HOME"]} | wrong)
    assert {error["loc"][0] for error in refused.value.errors()} == {field}


def test_a_rule_for_no_department_in_use_names_rule_and_field_and_changes_nothing(cast: Cast) -> None:
    cast.service.is_active = False
    cast.service.save()
    given = [{"departments": ["HOME"]}, {"departments": ["SERV", "HQ"]}]
    with pytest.raises(Invalid) as refused:
        put(cast, given)
    assert list(refused.value.fields) == ["rules.1.departments"]
    assert "SERV" in refused.value.fields["rules.1.departments"][0]
    assert (RoutingVersion.objects.count(), Record.objects.count()) == (1, 0)


def test_the_ledger_holds_the_rules_as_text_and_the_history_who_when_and_why(cast: Cast) -> None:
    put(cast, [{"departments": ["SERV", "HOME"], "words": "安装、调试", "amount_from": "99.90"}], based_on=1)
    facts = json.loads(Record.objects.get().body)["facts"]
    assert (facts["version"], facts["rules"]) == (2, "SERV+HOME, word=安装|调试, amount=99.90-")
    found = [(row.number, row.rules, row.by, row.at, row.reason) for row in editions()]
    assert found == [(2, 1, "王思远", FRIDAY, "调整"), (1, 2, "", FRIDAY, "开业")]


def test_rules_made_from_an_older_version_are_refused_and_change_nothing(cast: Cast) -> None:
    put(cast, "HOME", based_on=1)
    with pytest.raises(Refused) as refused:
        put(cast, "SERV", based_on=1)
    assert (refused.value.code, RoutingVersion.objects.count(), Record.objects.count()) == ("routing_changed", 2, 1)


def test_a_program_sends_rules_as_a_list_or_as_text(cast: Cast) -> None:
    address = f"/api/v1/procedure/{Procedure.objects.get().ref}/actions/acquisition.set_routing"
    headers = {"Authorization": f"Bearer {cast.token(cast.decider)}"}
    for rules in ([{"departments": ["HOME"], "hours": "within"}], "HOME, hours=within"):
        body = json.dumps({"rules": rules, "reason": "程序调整"})
        answer = Client().post(address, body, content_type="application/json", headers=headers)
        assert answer.status_code == 200
    kept = {"departments": [cast.home.pk], "hours": "within"}
    assert [row.rules for row in RoutingVersion.objects.order_by("number")[1:]] == [[kept], [kept]]


# The router --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "queries"),
    [("HOME", 1), ("HOME, most_open=9", 2), ("HOME, hours=within", 2), ("HOME+SERV, hours=within", 3)],
)
def test_a_router_asks_only_for_what_its_rules_need_and_an_order_for_nothing(
    cast: Cast, rules: str, queries: int
) -> None:
    put(cast, rules)
    with CaptureQueriesContext(
        connection,
    ) as made:
        found = router(FRIDAY)
    assert len(made) == queries
    with CaptureQueriesContext(connection) as routing:
        assert {found.route(RoutingFacts.of(incoming(f"K{n}"))).department for n in range(50)} >= {cast.home.pk}
    assert len(routing) == 0


def test_a_batch_is_spread_over_the_departments_as_it_goes(cast: Cast) -> None:
    put(cast, "HOME+SERV")
    received("K0")
    takings = take_in_many([incoming(f"B{n}") for n in range(9)], "bulk")
    assert len(takings) == 9
    assert open_orders([cast.home.pk, cast.service.pk]) == {cast.home.pk: 5, cast.service.pk: 5}


def test_a_full_department_takes_no_more_and_the_next_rule_does(cast: Cast) -> None:
    put(cast, "HOME, most_open=2\nSERV")
    assert [received(f"K{n}").department for n in range(3)] == [cast.home, cast.home, cast.service]
    assert Order.objects.get(external_id="K2").routed_by["rules"][0] == {"rule": 1, "mismatch": "load"}


def test_cancelled_and_unrouted_orders_are_no_load(cast: Cast) -> None:
    order_at(OrderStage.CANCELLED, cast, "K1")
    order_at(OrderStage.UNROUTED, cast, "K2")
    order_at(OrderStage.ACCEPTED, cast, "K3")
    order_at(OrderStage.CANCELLING, cast, "K4")
    assert open_orders([cast.home.pk, cast.service.pk, cast.company.pk]) == {
        cast.home.pk: 2, cast.service.pk: 0, cast.company.pk: 0,
    }  # fmt: skip


def test_working_hours_are_those_of_the_companys_calendar(cast: Cast) -> None:
    put(cast, "HOME, hours=within\nSERV, hours=outside")
    moments = {
        shanghai(9, 18, 17, 59): cast.home, shanghai(9, 18, 18, 30): cast.service,
        shanghai(9, 19, 10): cast.service, shanghai(9, 20, 10): cast.home,  # a make-up working Sunday
    }  # fmt: skip
    for number, (moment, department) in enumerate(moments.items()):
        with clock.at(moment):
            assert received(f"K{number}").department == department, moment


def test_a_department_that_was_closed_never_wins_and_the_next_rule_is_tried(cast: Cast) -> None:
    put(cast, "SERV\nHOME")
    cast.service.is_active = False
    cast.service.save()
    order = received("K1")
    assert (order.department, order.routed_by["rules"][0]["mismatch"]) == (cast.home, "inactive")


# What orders tell --------------------------------------------------------------------------------------------------


def test_the_explanation_of_an_order_reads_as_sentences(cast: Cast) -> None:
    put(cast, "SERV, shop=ningbo\nHOME+SERV, region=浙江, word=落地灯")
    found = told(received("K1").routed_by)
    assert [(row.number, row.sentence, row.mismatch) for row in found.rules] == [
        (1, "店铺为“ningbo” → 服务事业部", "店铺不符"),
        (2, "收货地在“浙江”；内容含“落地灯” → 家居事业部、服务事业部中在办最少的部门", ""),
    ]
    assert (found.version, found.matched, found.department, found.word) == (2, 2, "家居事业部", "落地灯")
    assert found.loads == (("家居事业部", 0), ("服务事业部", 0))
    assert found.facts == ("hangzhou", "考拉", "家居/灯具", "¥398.00")


def test_an_explanation_of_the_first_form_is_still_told(cast: Cast) -> None:
    first = {
        "version": 1, "shop": "hangzhou", "categories": ["家居/灯具"], "matched": 2,
        "rules": [
            {"rule": 1, "department": cast.service.pk, "shop": "", "category": "服务", "mismatch": "category"},
            {"rule": 2, "department": cast.home.pk, "shop": "", "category": "", "mismatch": None},
        ],
    }  # fmt: skip
    found = told(first)
    assert [(row.sentence, row.mismatch) for row in found.rules] == [
        ("类目属于“服务” → 服务事业部", "类目不符"),
        ("全部订单 → 家居事业部", ""),
    ]
    assert (found.version, found.matched) == (1, 2)


def test_who_gave_an_order_away_by_hand_is_told(cast: Cast) -> None:
    order = order_at(OrderStage.UNROUTED, cast)
    given = {"department": cast.service.pk, "reason": "服务类"}
    done = dispatch("acquisition.route_order", acting(cast.decider), given, subject=order)
    found = told(Order.objects.get(pk=done.subject.pk).routed_by)
    assert (found.by, found.department, found.reason) == ("王思远", "服务事业部", "服务类")


# Replay ------------------------------------------------------------------------------------------------------------


def test_a_replay_says_which_of_the_last_orders_would_go_elsewhere(cast: Cast) -> None:
    with clock.at(shanghai(8, 1)):
        received("OLD")
    refs = [received(f"K{n}", buyer_remark="要安装" if n % 2 else "").pk for n in range(4)]
    active = frozenset({cast.home.pk, cast.service.pk})
    present = [Rule((cast.home.pk,), shops=("hangzhou",))]
    draft = [Rule((cast.service.pk,), words=("安装",)), *present]
    found = replayed(Order.objects.all(), present, draft, active, company_rules.in_force(FRIDAY).calendar, FRIDAY)
    assert (found.count, found.moved, found.capped) == (4, 2, False)
    assert found.moves == {(cast.home.pk, cast.service.pk): 2}
    assert [row.order.pk for row in found.examples] == [refs[3], refs[1]]
    assert found.by_rule == {1: 2, 2: 2}


def test_a_replay_takes_the_load_of_a_day_from_itself(cast: Cast) -> None:
    for day in (14, 15):
        for hour in (9, 10, 11):
            with clock.at(shanghai(9, day, hour)):
                received(f"D{day}H{hour}")
    draft = [Rule((cast.home.pk,), most_open=2), Rule((cast.service.pk,))]
    active, calendar = frozenset({cast.home.pk, cast.service.pk}), company_rules.in_force(FRIDAY).calendar
    found = replayed(Order.objects.all(), [], draft, active, calendar, FRIDAY)
    assert (found.count, found.by_rule) == (6, {1: 4, 2: 2})
    assert found.moves == {(None, cast.home.pk): 4, (None, cast.service.pk): 2}
