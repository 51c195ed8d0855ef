"""The contract drafted from the agreed terms passes every check; each thing that is changed in it is found (2.3.2)."""

from dataclasses import replace

import pytest

from jiedan.core.contract_checks import findings
from jiedan.core.contract_template import STANDARD, drawn, kind_of
from jiedan.core.contract_text import Clause, Parties, Signatory, Topic, fingerprint
from jiedan.core.terms import Terms
from jiedan.core.tests.test_terms import LAMP, SHEET

US = Parties("欧阳青", "云栖贸易有限公司", Signatory("欧阳青"), Signatory("王强", "总经理"))


def drafted(terms: Terms, number: str) -> tuple[Clause, ...]:
    """What the templates that come with the system make of the terms."""
    return drawn(STANDARD[kind_of(terms)], terms, US, number)


DRAFT = drafted(SHEET, "JD260918000001")


def codes(clauses: tuple[Clause, ...]) -> list[str]:
    return [finding.code for finding in findings(clauses, SHEET, US)]


def edited(topic: Topic, old: str, new: str) -> tuple[Clause, ...]:
    assert any(old in clause.text for clause in DRAFT if clause.topic is topic)
    return tuple(
        replace(clause, text=clause.text.replace(old, new)) if clause.topic is topic else clause for clause in DRAFT
    )


def test_what_is_drafted_from_the_terms_passes_every_check() -> None:
    assert codes(DRAFT) == []
    assert "总价款 400.00 元（大写：人民币肆佰元整）" in next(c.text for c in DRAFT if c.topic is Topic.PRICE)
    assert len({clause.topic for clause in DRAFT}) == len(DRAFT) == 13


@pytest.mark.parametrize("kind", ["product", "service", "mixed"])
def test_each_kind_of_order_has_its_warranty(kind: str) -> None:
    text = next(
        clause.text
        for clause in drafted(replace(SHEET, lines=(replace(LAMP, kind=kind),)), "JD1")
        if clause.topic is Topic.WARRANTY
    )
    assert ("商品" in text, "服务" in text) == (kind != "service", kind != "product")


@pytest.mark.parametrize(
    "topic",
    ["parties", "requirements", "delivery", "acceptance", "breach", "dispute", "confidentiality", "force_majeure"],
)
def test_a_clause_that_has_to_be_there_is_missed(topic: str) -> None:
    found = findings(tuple(clause for clause in DRAFT if clause.topic != topic), SHEET, US)
    assert ("missing_clause", topic) in [(one.code, one.topic) for one in found]
    assert all(one.blocks for one in found)


@pytest.mark.parametrize(
    ("topic", "old", "new", "found"),
    [
        (Topic.PRICE, "总价款 400.00", "总价款 401.00", ["total_differs"]),
        (Topic.PRICE, "肆佰元整", "伍佰元整", ["capitals_differ"]),
        (Topic.PRICE, "总价款 400.00 元", "总价款见附件", ["total_differs"]),
        (Topic.DELIVERY, "25 日", "26 日", ["delivery_differs"]),
        (Topic.DELIVERY, "前交付", "前交付，最迟 2026 年 12 月 1 日", ["delivery_differs"]),
        (Topic.REQUIREMENTS, "两盏", "三盏", ["words_differ"]),
        (Topic.DELIVERY, "快递到西湖区", "客户自提", ["words_differ"]),
        (Topic.ACCEPTANCE, "外观无划痕", "外观尚可", ["words_differ"]),
        (Topic.SUBJECT, "数量 2", "数量 3", ["line_differs"]),
        (Topic.PAYMENT, "后 7 日", "后 70 日", ["payment_differs"]),
        (Topic.PARTIES, "王强", "王小强", ["party_missing"]),
        (Topic.PARTIES, "云栖贸易", "云溪贸易", ["party_missing"]),
        (Topic.PRICE, "总价款 400.00", "总价款 400.00 元，即合同总额 390.00", ["total_differs"]),
        (Topic.ACCEPTANCE, "交付后 5 日内", "2026 年 9 月 1 日前", ["dates_out_of_order"]),
        (Topic.GENERAL, "自双方签署之日起", "自 2026 年 13 月 40 日起", ["no_such_day"]),
        (Topic.GENERAL, "书面同意", "书面同意，最终解释权归乙方", ["forbidden_wording"]),
        (Topic.BREACH, "违约金不足", "____，违约金不足", ["blank"]),
        (Topic.FORCE_MAJEURE, "在 3 日内", "尽快", ["vague_wording"]),
    ],
)
def test_each_change_that_matters_is_found(topic: Topic, old: str, new: str, found: list[str]) -> None:
    assert codes(edited(topic, old, new)) == found


def test_vague_wording_warns_and_everything_else_blocks() -> None:
    vague = findings(edited(Topic.FORCE_MAJEURE, "在 3 日内", "尽快"), SHEET, US)
    assert [(one.blocks, "尽快" in one.sentence("zh-hans")) for one in vague] == [(False, True)]


def test_a_changed_clause_changes_the_fingerprint() -> None:
    assert fingerprint(edited(Topic.DISPUTE, "乙方所在地", "甲方所在地")) != fingerprint(DRAFT)
    assert fingerprint(DRAFT) == fingerprint(drafted(SHEET, "JD260918000001"))
