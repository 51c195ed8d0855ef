"""Rules as tables: which fit, who takes the order, what can never match, what differs (clause 1.3.4)."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiedan.acquisition.routing import Rule, route
from jiedan.acquisition.routing_facts import Circumstances, RoutingFacts, plain_region, plain_text
from jiedan.acquisition.routing_review import compared, shadowed
from tests.cast import incoming

HOME, SERV, SHUT = 2, 3, 4
NOW = Circumstances(frozenset({HOME, SERV}), {HOME: 5, SERV: 7}, is_open=True)
LAMP = RoutingFacts.of(incoming(buyer_remark="周末送货，需要 Installation"))


def rule(*departments: int, **asked: Any) -> Rule:
    return Rule(departments or (HOME,), **asked)


@pytest.mark.parametrize(
    ("asked", "mismatch"),
    [
        ({}, None),
        ({"shops": ("ningbo", "hangzhou")}, None),
        ({"shops": ("ningbo",)}, "shop"),
        ({"platforms": ("kaola",)}, None),
        ({"platforms": ("webhook", "manual")}, "platform"),
        ({"categories": ("家居",)}, None),
        ({"categories": ("家居/灯具",)}, None),
        ({"categories": ("家",)}, "category"),
        ({"categories": ("家居/灯具/落地灯",)}, "category"),
        ({"amount_from": Decimal("398.00")}, None),
        ({"amount_from": Decimal("398.01")}, "amount"),
        ({"amount_to": Decimal("398.00")}, None),
        ({"amount_to": Decimal("397.99")}, "amount"),
        ({"amount_from": Decimal(100), "amount_to": Decimal(500)}, None),
        ({"regions": ("浙江",)}, None),
        ({"regions": ("江苏省", "浙江省 杭州市")}, None),
        ({"regions": ("浙江省杭州市西湖区",)}, None),
        ({"regions": ("杭州市",)}, "region"),
        ({"words": ("落地灯",)}, None),
        ({"words": ("安装", "INSTALLATION")}, None),
        ({"words": ("安装",)}, "word"),
        ({"hours": "within"}, None),
        ({"hours": "outside"}, "hours"),
        ({"shops": ("hangzhou",), "words": ("安装",)}, "word"),
    ],
)
def test_an_order_fits_a_rule_when_everything_it_asks_for_holds(asked: dict[str, Any], mismatch: str | None) -> None:
    assert rule(**asked).mismatch(LAMP, NOW) == mismatch


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("浙江省 杭州市 西湖区", "浙江杭州西湖区"),
        ("上海市 上海市 浦东新区", "上海浦东新区"),
        ("上海 浦东新区", "上海浦东新区"),
        ("内蒙古自治区 呼和浩特市", "内蒙古呼和浩特"),
        ("广西壮族自治区", "广西"),
        ("吉林省 吉林市", "吉林吉林"),
        ("香港特别行政区", "香港"),
    ],
)
def test_a_region_is_compared_without_what_platforms_write_differently(text: str, plain: str) -> None:
    assert plain_region(text) == plain


@pytest.mark.parametrize(
    ("departments", "most_open", "chosen"),
    [
        ((HOME,), None, HOME),
        ((SHUT,), None, "inactive"),
        ((SHUT, SERV), None, SERV),
        ((SERV, HOME), None, HOME),
        ((HOME,), 6, HOME),
        ((HOME,), 5, "load"),
        ((HOME, SERV), 6, HOME),
        ((SERV, SHUT), 7, "load"),
    ],
)
def test_of_its_departments_the_least_loaded_in_use_takes_the_order(
    departments: tuple[int, ...], most_open: int | None, chosen: int | str
) -> None:
    assert rule(*departments, most_open=most_open).chosen(NOW) == chosen


def test_among_equally_loaded_departments_the_first_named_takes_the_order() -> None:
    even = Circumstances(frozenset({HOME, SERV}), {HOME: 4, SERV: 4})
    assert rule(SERV, HOME).chosen(even) == SERV
    assert rule(HOME, SERV).chosen(even) == HOME


def test_the_first_rule_that_fits_wins_and_the_explanation_ends_with_it() -> None:
    rules = [rule(shops=("ningbo",)), rule(SHUT), rule(HOME, most_open=5), rule(SERV, HOME, words=("灯",)), rule(HOME)]
    found = route(LAMP, rules, 7, NOW)
    assert found.department == HOME
    assert found.explanation == {
        "version": 7,
        "shop": "hangzhou",
        "platform": "kaola",
        "categories": ["家居/灯具"],
        "total": "398.00",
        "rules": [
            {"rule": 1, "mismatch": "shop"},
            {"rule": 2, "mismatch": "inactive"},
            {"rule": 3, "mismatch": "load"},
            {"rule": 4, "mismatch": None},
        ],
        "matched": 4,
        "department": HOME,
        "word": "灯",
        "loads": {"3": 7, "2": 5},
    }


def test_without_a_rule_that_fits_there_is_no_department_and_every_rule_says_why() -> None:
    found = route(LAMP, [rule(shops=("ningbo",)), rule(hours="outside")], 1, NOW)
    assert found.department is None
    assert found.explanation["matched"] is None
    assert [entry["mismatch"] for entry in found.explanation["rules"]] == ["shop", "hours"]


def test_what_the_customer_wrote_never_stands_in_the_explanation() -> None:
    facts = RoutingFacts("s", text=plain_text("请打 13812345678 联系安装"))
    found = route(facts, [rule(words=("安装",))], 1, NOW)
    assert found.explanation["word"] == "安装"
    assert "13812345678" not in str(found.explanation)


def test_everything_that_does_not_fit_is_told_when_a_rule_is_tried() -> None:
    tried = rule(SHUT, shops=("ningbo",), amount_to=Decimal(1), words=("灯",))
    assert tried.mismatches(LAMP, NOW) == ["shop", "amount", "inactive"]
    assert rule().mismatches(LAMP, NOW) == []


@pytest.mark.parametrize(
    "kept",
    [
        {"departments": [2]},
        {
            "departments": [2, 3], "shops": ["a"], "platforms": ["kaola"], "categories": ["家居"], "regions": ["浙江省"],
            "words": ["安装"], "amount_from": "0.50", "amount_to": "99999999999.99", "hours": "within", "most_open": 20,
        },
    ],
)  # fmt: skip
def test_a_rule_is_kept_and_read_back_the_same(kept: dict[str, Any]) -> None:
    assert Rule.read(kept).kept() == kept


def test_a_rule_of_the_first_form_is_still_read() -> None:
    assert Rule.read({"department": 2, "shop": "hangzhou", "category": ""}) == rule(HOME, shops=("hangzhou",))
    assert Rule.read({"department": 2, "shop": "", "category": "家居"}) == rule(HOME, categories=("家居",))
    assert Rule.read({"department": 2}) == rule(HOME)


@pytest.mark.parametrize(
    ("early", "late", "never"),
    [
        ({}, {}, True),
        ({}, {"shops": ("a",)}, True),
        ({"shops": ("a",)}, {}, False),
        ({"shops": ("a", "b")}, {"shops": ("b",)}, True),
        ({"shops": ("a",)}, {"shops": ("a", "b")}, False),
        ({"categories": ("家居",)}, {"categories": ("家居/灯具", "家居")}, True),
        ({"categories": ("家居/灯具",)}, {"categories": ("家居",)}, False),
        ({"regions": ("浙江",)}, {"regions": ("浙江省 杭州市",)}, True),
        ({"words": ("装",)}, {"words": ("安装",)}, True),
        ({"words": ("安装",)}, {"words": ("装",)}, False),
        ({"hours": "within"}, {"hours": "within"}, True),
        ({"hours": "within"}, {"hours": "outside"}, False),
        ({"hours": "within"}, {}, False),
        ({"amount_from": Decimal(100)}, {"amount_from": Decimal(100), "amount_to": Decimal(200)}, True),
        ({"amount_from": Decimal(100)}, {"amount_to": Decimal(200)}, False),
        ({"amount_to": Decimal(200)}, {"amount_to": Decimal(200)}, True),
        ({"amount_to": Decimal(200)}, {"amount_from": Decimal(100)}, False),
        ({"most_open": 9}, {}, False),
        ({"platforms": ("kaola",), "shops": ("a",)}, {"platforms": ("kaola",)}, False),
    ],
)
def test_a_rule_never_matches_when_an_earlier_one_takes_all_its_orders(
    early: dict[str, Any], late: dict[str, Any], never: bool
) -> None:
    assert shadowed([rule(**early), rule(SERV, **late)], {HOME, SERV}) == ({2: 1} if never else {})


_AMOUNTS = st.one_of(st.none(), st.sampled_from([Decimal(0), Decimal(100), Decimal(200)]))


def _some(*names: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(names), max_size=2, unique=True).map(tuple)


_RULES = st.builds(
    Rule,
    st.sampled_from([(HOME,), (SERV, HOME), (SHUT,)]),
    shops=_some("a", "b"),
    categories=_some("家居", "家居/灯具", "服务"),
    regions=_some("浙江省", "浙江省 杭州市", "上海"),
    words=_some("装", "安装"),
    amount_from=_AMOUNTS,
    amount_to=_AMOUNTS,
    hours=st.sampled_from(["", "within", "outside"]),
    most_open=st.sampled_from([None, None, 6]),
)
_FACTS = st.builds(
    RoutingFacts,
    st.sampled_from("ab"),
    _some("家居", "家居/灯具", "服务"),
    total=st.sampled_from([Decimal(0), Decimal(100), Decimal(150), Decimal(200), Decimal(300)]),
    region=st.sampled_from(["浙江杭州", "浙江宁波", "上海", ""]),
    text=st.sampled_from(["", "装", "安装"]),
)


@given(st.lists(_RULES, min_size=2, max_size=4), st.lists(_FACTS, min_size=1, max_size=8), st.booleans())
def test_no_order_ever_comes_to_a_rule_that_is_said_never_to_match(
    rules: list[Rule], orders: list[RoutingFacts], is_open: bool
) -> None:
    now = Circumstances(frozenset({HOME, SERV}), {HOME: 5, SERV: 7}, is_open)
    taken_by = {route(facts, rules, 1, now).explanation["matched"] for facts in orders}
    assert taken_by.isdisjoint(shadowed(rules, now.active))


def test_a_rule_without_a_department_in_use_takes_nothing_from_later_ones() -> None:
    assert shadowed([rule(SHUT), rule(HOME)], {HOME, SERV}) == {}


def test_two_versions_are_compared_rule_by_rule() -> None:
    one, two, three, four = (rule(shops=(name,)) for name in "abcd")
    rows = compared([one, two, three], [three, one, four])
    told = [(row.kind, row.rule.shops[0], row.before, row.after) for row in rows]
    assert sorted(told) == [
        ("added", "d", None, 3),
        ("kept", "a", 1, 2),
        ("moved", "c", 3, 1),
        ("removed", "b", 2, None),
    ]


def test_equal_versions_differ_in_nothing() -> None:
    rules = [rule(shops=(name,)) for name in "ab"]
    assert [row.kind for row in compared(rules, rules)] == ["kept", "kept"]
