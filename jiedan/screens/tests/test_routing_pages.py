"""The pages of routing: rules read, drafted, tried, replayed; unrouted orders given away (clauses 1.3.4, 2.1.2)."""

import re
from collections.abc import Mapping
from html import unescape

import pytest
from django.test import Client

from jiedan.acquisition.models import RoutingVersion
from jiedan.core import clock
from jiedan.core.lifecycle import OrderStage
from jiedan.kernel.models import Procedure, Record
from jiedan.orders.models import Order
from jiedan.people.models import Department, RoleAssignment
from tests.cast import Cast, logged_in, order_at, received, shanghai

DRAFT = "/procedure/routing/draft/"


def text(answer: object) -> str:
    """The page's words, a space between what stands apart."""
    content = answer.content.decode()  # type: ignore[attr-defined]
    assert "<c-" not in content
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", content)))


def do(client: Client, word: str, **more: str) -> object:
    return client.post(DRAFT, {"do": word, **more}, follow=True)


def add(client: Client, **given: object) -> object:
    return client.post(f"{DRAFT}0/", given, follow=True)


def numbered(page: object) -> list[str]:
    content = page.content.decode()  # type: ignore[attr-defined]
    return re.findall(r'data-label="适用订单"><span>([^<]*)', unescape(content))


def test_the_rules_in_force_read_as_sentences_with_who_put_them_there(cast: Cast) -> None:
    page = text(logged_in(cast.taker).get("/procedure/routing/"))
    assert "店铺为“hangzhou”；类目属于“家居” 家居事业部" in page
    assert "类目属于“服务” 服务事业部" in page
    assert "开业" in page
    assert "修改规则" not in page


def test_what_is_doubtful_about_the_rules_is_said(cast: Cast) -> None:
    closed = Department.objects.create(code="OLD", name="旧事业部", parent=cast.company, is_active=False)
    RoleAssignment.objects.filter(department=cast.service).delete()
    rules = [
        {"departments": [cast.home.pk]},
        {"departments": [cast.service.pk], "words": ["装"]},
        {"departments": [closed.pk]},
    ]
    RoutingVersion.objects.create(number=2, rules=rules, reason="x", created_at=clock.now())
    page = text(logged_in(cast.decider).get("/procedure/routing/"))
    assert page.count("永远不会生效：规则 1 已包含它的全部订单。") == 2
    assert "服务事业部没有接单人员。" in page
    assert "旧事业部已停用。" in page
    assert "家居事业部没有接单人员。" not in page


def test_rules_are_added_moved_deleted_and_put_in_force(cast: Cast) -> None:
    client = logged_in(cast.decider)
    add(client, departments=["HOME", "SERV"], words="安装、调试", amount_from="100", platforms=["kaola", "manual"])
    page = add(client, departments=["SERV"], regions="浙江省 杭州市", hours="outside", most_open="5")
    added = ["收货地在“浙江省 杭州市”；非工作时间", "平台为“考拉”或“手工录入”；金额 100 元及以上；内容含“安装”或“调试”"]
    assert numbered(page) == [*added, "店铺为“hangzhou”；类目属于“家居”", "类目属于“服务”"]
    assert numbered(do(client, "down:1"))[:2] == added[::-1]
    assert numbered(do(client, "up:2"))[:2] == added
    assert numbered(do(client, "delete:3")) == [*added, "类目属于“服务”"]
    assert RoutingVersion.objects.count() == 1
    page = do(client, "save", reason="安装归服务")
    assert "新的分派规则已生效" in text(page)
    newest = RoutingVersion.objects.latest("number")
    assert (newest.number, newest.reason, len(newest.rules)) == (2, "安装归服务", 3)
    assert newest.rules[0] == {
        "departments": [cast.service.pk], "regions": ["浙江省 杭州市"], "hours": "outside", "most_open": 5,
    }  # fmt: skip
    assert Record.objects.get().actor == cast.decider


def test_a_rule_is_edited_where_it_stands(cast: Cast) -> None:
    client = logged_in(cast.decider)
    shown = client.get(f"{DRAFT}2/").content.decode()
    assert 'name="categories" value="服务"' in shown
    assert re.search(r'name="departments" value="SERV" checked', shown)
    page = client.post(f"{DRAFT}2/", {"departments": ["SERV"], "categories": "服务、维修"}, follow=True)
    assert numbered(page) == ["店铺为“hangzhou”；类目属于“家居”", "类目属于“服务”或“维修”"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"words": "安装"}, "部门"),
        ({"departments": ["SERV"], "amount_from": "10", "amount_to": "5"}, "上限低于下限，不会有订单符合。"),
        ({"departments": ["NOPE"]}, "没有代码为“NOPE”的在用部门"),
        ({"departments": ["SERV"], "amount_from": "一百"}, "128.50"),
        ({"departments": ["SERV"], "regions": "浙"}, "“浙”不是地区"),
    ],
)
def test_a_wrong_rule_comes_back_with_what_is_wrong_and_the_draft_stays(
    cast: Cast, given: Mapping[str, object], said: str
) -> None:
    client = logged_in(cast.decider)
    answer = client.post(f"{DRAFT}0/", given)
    assert (answer.status_code, said in text(answer)) == (422, True)
    assert numbered(client.get(DRAFT)) == ["店铺为“hangzhou”；类目属于“家居”", "类目属于“服务”"]


def test_without_a_reason_nothing_is_put_in_force_and_the_draft_stays(cast: Cast) -> None:
    client = logged_in(cast.decider)
    do(client, "delete:1")
    answer = client.post(DRAFT, {"do": "save", "reason": " "})
    assert answer.status_code == 422
    assert numbered(answer) == ["类目属于“服务”"]
    assert (RoutingVersion.objects.count(), Record.objects.count()) == (1, 0)


def test_a_department_closed_meanwhile_is_named_with_its_rule(cast: Cast) -> None:
    client = logged_in(cast.decider)
    do(client, "up:2")
    cast.service.is_active = False
    cast.service.save()
    answer = client.post(DRAFT, {"do": "save", "reason": "r"})
    assert answer.status_code == 422
    assert "规则 1 · 部门: 没有代码为“SERV”的在用部门" in text(answer)
    assert RoutingVersion.objects.count() == 1


def test_who_drafts_while_another_version_comes_into_force_decides_after_seeing_it(cast: Cast) -> None:
    client = logged_in(cast.decider)
    do(client, "delete:2")
    rules = [{"departments": [cast.home.pk]}]
    RoutingVersion.objects.create(number=2, rules=rules, reason="别人", created_at=clock.now())
    refused = client.post(DRAFT, {"do": "save", "reason": "r"})
    assert (refused.status_code, RoutingVersion.objects.count()) == (409, 2)
    assert "期间第 2 版已经生效" in text(refused)
    do(client, "rebase")
    do(client, "save", reason="r")
    assert RoutingVersion.objects.latest("number").number == 3


def test_a_dropped_draft_is_gone(cast: Cast) -> None:
    client = logged_in(cast.decider)
    do(client, "delete:1")
    assert "继续编辑草稿" in text(client.get("/procedure/routing/"))
    do(client, "drop")
    assert "修改规则" in text(client.get("/procedure/routing/"))
    assert len(numbered(client.get(DRAFT))) == 2


@pytest.mark.parametrize("word", ["", "explode", "up:²", "delete:99999", "up:x"])
def test_a_button_that_no_page_has_is_404_and_changes_nothing(cast: Cast, word: str) -> None:
    client = logged_in(cast.decider)
    assert client.post(DRAFT, {"do": word}).status_code == 404
    assert "修改规则" in text(client.get("/procedure/routing/"))
    assert client.get(f"{DRAFT}3/").status_code == 404


def test_two_versions_are_compared(cast: Cast) -> None:
    client = logged_in(cast.decider)
    add(client, departments=["SERV"], words="安装")
    do(client, "delete:2")
    do(client, "save", reason="r")
    page = text(logged_in(cast.taker).get("/procedure/routing/compare/?from=1&to=2"))
    assert "— 1 内容含“安装” → 服务事业部 新增" in page
    assert "1 — 店铺为“hangzhou”；类目属于“家居” → 家居事业部 已删除" in page
    for wrong in ("?from=1", "?from=1&to=9", "?from=x&to=1"):
        assert client.get(f"/procedure/routing/compare/{wrong}").status_code == 404


def test_the_rules_can_be_written_as_text(cast: Cast) -> None:
    client, address = logged_in(cast.decider), f"/procedure/{Procedure.objects.get().ref}/do/acquisition.set_routing/"
    assert "HOME, shop=hangzhou, category=家居\nSERV, category=服务" in client.get(address).content.decode()
    wrong = client.post(address, {"rules": "HOME\nNOPE, category=x", "reason": "r"})
    assert (wrong.status_code, RoutingVersion.objects.count()) == (422, 1)
    assert "规则 2 · 部门: 没有代码为“NOPE”的在用部门" in text(wrong)
    assert "NOPE, category=x" in wrong.content.decode()
    sent = {"rules": "HOME, hours=within", "reason": "r", "based_on": "1", "next": "/procedure/routing/"}
    assert client.post(address, sent).headers["Location"] == "/procedure/routing/"
    assert RoutingVersion.objects.latest("number").rules == [{"departments": [cast.home.pk], "hours": "within"}]


# Trying and replaying ----------------------------------------------------------------------------------------------


def test_typed_facts_are_tried_against_the_rules_in_force_and_the_draft(cast: Cast) -> None:
    client = logged_in(cast.decider)
    add(client, departments=["SERV", "HOME"], regions="浙江", hours="outside", amount_from="100")
    query = "shop=hangzhou&category=家居/灯具&amount=300&region=浙江省杭州市&at=2026-09-19T10:00"
    page = text(client.get(f"/procedure/routing/try/?{query}"))
    assert "现行第 1 版: 家居事业部 (规则 1)" in page
    assert "您的草稿: 服务事业部 (规则 1)" in page
    assert "✓ 金额 100 元及以上 ✓ 收货地在“浙江” ✓ 非工作时间" in page
    assert "也符合，但排在后面" in page
    later = text(client.get(f"/procedure/routing/try/?{query.replace('09-19', '09-20')}"))
    assert "✗ 非工作时间" in later
    assert "您的草稿: 家居事业部 (规则 2)" in later


def test_an_order_is_tried_by_its_number(cast: Cast) -> None:
    order = order_at(OrderStage.UNROUTED, cast)
    page = text(logged_in(cast.decider).get(f"/procedure/routing/try/?order={order.ref.lower()}"))
    assert "北欧落地灯" in page
    assert "没有规则适用，将进入待分派" in page
    assert "✗ 店铺为“hangzhou”" in page


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("order=JD260918999999", "无权查看"),
        ("order=x", "无权查看"),
        ("shop=a&amount=1,000", "128.50"),
        ("shop=a&at=yesterday", "2026-09-20 09:30"),
        ("shop=a&at=0001-01-01T00:00", "2026-09-20 09:30"),
    ],
)
def test_what_cannot_be_tried_says_why(cast: Cast, query: str, said: str) -> None:
    answer = logged_in(cast.taker).get(f"/procedure/routing/try/?{query}")
    assert (answer.status_code, said in text(answer)) == (422, True)


def test_past_orders_are_replayed_under_the_draft(cast: Cast) -> None:
    client = logged_in(cast.decider)
    assert "还没有草稿" in text(client.get("/procedure/routing/replay/"))
    received("K1", buyer_remark="请安装")
    order = received("K2")
    add(client, departments=["SERV"], words="安装")
    do(client, "delete:2")
    page = text(client.get("/procedure/routing/replay/"))
    assert "2 近 30 天的订单 2 与第 1 版的去向不同" in page
    assert "家居事业部 服务事业部 1" in page
    assert "家居事业部 待分派 1" in page
    assert order.ref in page


# The queue ---------------------------------------------------------------------------------------------------------


def test_unrouted_orders_stand_there_the_most_urgent_first(cast: Cast) -> None:
    with clock.at(shanghai(9, 18, 16)):
        first = received("A", shop="unknown")
    second = received("B", shop="unknown")
    page = logged_in(cast.decider).get("/orders/unrouted/").content.decode()
    assert 0 < page.index(first.ref) < page.index(second.ref)
    assert "2 单没有规则适用" in page
    assert f"/procedure/routing/draft/0/?order={first.ref}" in page


def test_many_are_given_to_a_department_and_each_says_what_became_of_it(cast: Cast) -> None:
    orders = [received(name, shop="unknown") for name in "AB"]
    away = received("C")
    refs = [*(order.ref for order in orders), away.ref, "JD260918999999"]
    given = {"order": refs, "department": cast.service.pk, "reason": "服务类"}
    page = text(logged_in(cast.decider).post("/orders/unrouted/", given))
    assert "已分派 2 单，未分派 2 单" in page
    assert "没有待分派的订单" in page
    found = Order.objects.filter(pk__in=[order.pk for order in orders])
    assert {(order.department, order.stage) for order in found} == {(cast.service, OrderStage.ROUTED)}
    assert Order.objects.get(pk=away.pk).department == cast.home


def test_all_that_were_shown_are_given_with_one_mark_and_what_came_since_is_not(cast: Cast) -> None:
    shown, later = received("A", shop="unknown"), received("B", shop="unknown")
    given = {"every": "1", "shown": [shown.ref], "department": cast.home.pk, "reason": "r"}
    logged_in(cast.decider).post("/orders/unrouted/", given)
    assert Order.objects.get(pk=shown.pk).stage == OrderStage.ROUTED
    assert Order.objects.get(pk=later.pk).stage == OrderStage.UNROUTED


@pytest.mark.parametrize("missing", ["order", "department", "reason"])
def test_without_orders_department_or_reason_nothing_is_given(cast: Cast, missing: str) -> None:
    order, before = received("A", shop="unknown"), Record.objects.count()
    given = {"order": order.ref, "department": cast.home.pk, "reason": "服务类"}
    del given[missing]
    answer = logged_in(cast.decider).post("/orders/unrouted/", given)
    assert answer.status_code == 422
    assert (Order.objects.get(pk=order.pk).stage, Record.objects.count()) == (OrderStage.UNROUTED, before)
    assert ("checked" in answer.content.decode()) == (missing != "order")


def test_who_may_not_give_orders_away_gets_a_refusal_for_each(cast: Cast) -> None:
    order, before = received("A", shop="unknown"), Record.objects.count()
    given = {"order": order.ref, "department": cast.home.pk, "reason": "r"}
    shown = text(logged_in(cast.supervisor).get("/orders/unrouted/"))
    assert order.ref in shown
    assert "分派所选订单" not in shown
    assert "已分派 0 单，未分派 1 单" in text(logged_in(cast.supervisor).post("/orders/unrouted/", given))
    assert "已分派 0 单，未分派 1 单" in text(logged_in(cast.taker).post("/orders/unrouted/", given))
    assert Record.objects.count() == before


def test_a_rule_is_begun_from_an_order(cast: Cast) -> None:
    order = received("A", shop="unknown")
    page = logged_in(cast.decider).get(f"{DRAFT}0/?order={order.ref}").content.decode()
    assert 'name="shops" value="unknown"' in page
    assert 'name="categories" value="家居/灯具"' in page
    assert logged_in(cast.decider).get(f"{DRAFT}0/?order=JD260918999999").status_code == 404
