"""A template holds what a contract has to say, in words and placeholders of a closed list; all else is named (2.3.2)."""

from dataclasses import replace

import pytest

from jiedan.core.contract_checks import REQUIRED, findings
from jiedan.core.contract_template import (
    PLACEHOLDERS,
    SAMPLE_PARTIES,
    STANDARD,
    Kind,
    drawn,
    faults,
    kind_of,
    sample,
)
from jiedan.core.contract_text import Clause, Topic

GOODS = STANDARD[Kind.GOODS]


def edited(topic: Topic, old: str, new: str) -> tuple[Clause, ...]:
    assert any(old in clause.text for clause in GOODS if clause.topic is topic)
    return tuple(replace(one, text=one.text.replace(old, new)) if one.topic is topic else one for one in GOODS)


def codes(clauses: tuple[Clause, ...]) -> list[tuple[str, str]]:
    return [(fault.field, fault.code) for fault in faults(Kind.GOODS, clauses)]


@pytest.mark.parametrize("kind", list(Kind))
def test_the_templates_that_come_with_the_system_may_be_put_in_force(kind: Kind) -> None:
    assert faults(kind, STANDARD[kind]) == []
    assert kind_of(sample(kind)) is kind


def test_each_placeholder_is_filled_in() -> None:
    every = "".join(f"<{{{name}}}>" for name in PLACEHOLDERS)
    (clause,) = drawn([Clause(Topic.GENERAL, every)], sample(Kind.GOODS), SAMPLE_PARTIES, "JD1")
    assert "{" not in clause.text
    assert "<甲方签署人（采购经理）><乙方签署人（总经理）><JD1>" in clause.text
    assert "<2561.00><人民币贰仟伍佰陆拾壹元整>" in clause.text


def test_what_is_filled_in_is_never_looked_at_for_placeholders() -> None:
    terms = replace(sample(Kind.GOODS), requirements="写上 {总价} 与 {{客户}}")
    made = drawn(GOODS, terms, SAMPLE_PARTIES, "JD1")
    assert next(clause.text for clause in made if clause.topic is Topic.REQUIREMENTS) == "写上 {总价} 与 {{客户}}"


@pytest.mark.parametrize("topic", REQUIRED)
def test_a_clause_that_a_contract_has_to_have_is_missed(topic: Topic) -> None:
    assert (topic, "missing_clause") in codes(tuple(clause for clause in GOODS if clause.topic is not topic))


@pytest.mark.parametrize("name", [one.name for one in PLACEHOLDERS.values() if one.topic])
def test_a_placeholder_that_a_clause_has_to_hold_is_missed(name: str) -> None:
    topic = PLACEHOLDERS[name].topic
    assert topic is not None
    assert codes(edited(topic, f"{{{name}}}", "甲")) == [(topic, "missing_placeholder")]


@pytest.mark.parametrize(
    ("topic", "old", "new", "code"),
    [
        (Topic.GENERAL, "双方各执一份", "{落款}", "unknown_placeholder"),
        (Topic.GENERAL, "双方各执一份", "{客户.key}", "unknown_placeholder"),
        (Topic.GENERAL, "双方各执一份", "{}", "unknown_placeholder"),
        (Topic.GENERAL, "双方各执一份", "{总价", "unbalanced_brace"),
        (Topic.GENERAL, "双方各执一份", "总价}", "unbalanced_brace"),
        (Topic.GENERAL, "双方各执一份", "｛总价｝", "unbalanced_brace"),
        (Topic.GENERAL, "双方各执一份", "{{总价}}", "unbalanced_brace"),
        (Topic.GENERAL, "双方各执一份", "最终解释权归乙方", "forbidden_wording"),
        (Topic.GENERAL, "双方各执一份", "____", "blank"),
        (Topic.PRICE, "总价款", "款项", "total_differs"),
        (Topic.DELIVERY, "前交付", "前交付，最迟 2031 年 1 月 1 日", "delivery_differs"),
        (Topic.GENERAL, "双方各执一份", "长" * 8000, "too_long"),
    ],
)
def test_what_keeps_a_template_from_being_put_in_force_is_named_by_clause(
    topic: Topic, old: str, new: str, code: str
) -> None:
    assert codes(edited(topic, old, new)) == [(topic, code)]


def test_a_clause_of_the_companys_own_needs_a_heading_and_stands_once() -> None:
    own = Clause(Topic.FURTHER_1, "知识产权归甲方所有。")
    assert codes((*GOODS, own)) == [("further_1", "no_heading")]
    named = replace(own, title="知识产权")
    assert codes((*GOODS, named)) == []
    assert codes((*GOODS, named, named)) == [("further_1", "twice")]
    (made,) = drawn([named], sample(Kind.GOODS), SAMPLE_PARTIES, "JD1")
    assert (made.heading, Clause.read(made.data())) == ("知识产权", made)


def test_a_total_may_be_worded_as_the_company_likes() -> None:
    for words in ("合同总金额为人民币 {总价} 元", "总价：¥{总价} 元", "合同价款共计 {总价} 元"):
        clauses = edited(Topic.PRICE, "总价款 {总价} 元", words)
        assert codes(clauses) == [], words
        made = drawn(clauses, sample(Kind.GOODS), SAMPLE_PARTIES, "JD1")
        assert findings(made, sample(Kind.GOODS), SAMPLE_PARTIES) == []


def test_a_fault_says_what_is_wrong_and_what_would_be_right() -> None:
    (fault,) = faults(Kind.GOODS, edited(Topic.GENERAL, "双方各执一份", "{落款}"))
    assert fault.sentence("zh-hans").startswith("其他：占位符“{落款}”不存在；可用的有：{客户}、")
