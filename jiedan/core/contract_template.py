"""Templates of contracts: clauses with placeholders of a closed list, and whether one may be put in force (clause 2.3.2).

A placeholder is a name in braces and nothing else: no expressions, no conditions, no other data (security, S-06). What is
put in its place is never looked at for placeholders again.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from jiedan.core.capitals import capitals
from jiedan.core.contract_checks import REQUIRED, findings
from jiedan.core.contract_text import (
    HEADINGS,
    LONGEST,
    Clause,
    Parties,
    Signatory,
    Topic,
    day,
    payment,
    position,
    surcharges,
)
from jiedan.core.faults import Fault
from jiedan.core.terms import Instalment, Line, Terms, When


class Kind(StrEnum):
    """What is contracted; each has its template."""

    GOODS = "goods"
    SERVICE = "service"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Placeholder:
    """What may stand in braces: its name, what it stands for, and the clause that has to hold it (None: none)."""

    name: str
    english: str
    topic: Topic | None = None


PLACEHOLDERS: Final[Mapping[str, Placeholder]] = {
    one.name: one
    for one in (
        Placeholder("客户", "the customer's name", Topic.PARTIES),
        Placeholder("公司", "our company's name", Topic.PARTIES),
        Placeholder("客户签署人", "who signs for the customer, with their post", Topic.PARTIES),
        Placeholder("公司签署人", "who signs for us, with their post", Topic.PARTIES),
        Placeholder("订单号", "the order's number"),
        Placeholder("明细", "the lines, one a row", Topic.SUBJECT),
        Placeholder("需求", "the requirements", Topic.REQUIREMENTS),
        Placeholder("交付日期", "the day of delivery", Topic.DELIVERY),
        Placeholder("交付方式", "how and where it is delivered", Topic.DELIVERY),
        Placeholder("验收标准", "what it is accepted by", Topic.ACCEPTANCE),
        Placeholder("明细合计", "what the lines come to, in figures"),
        Placeholder("其他费用", "freight, tax and discount, each after a comma; nothing where there are none"),
        Placeholder("总价", "the total in figures", Topic.PRICE),
        Placeholder("总价大写", "the total in capital numerals", Topic.PRICE),
        Placeholder("付款约定", "the payments, one a row", Topic.PAYMENT),
    )
}
"""The closed list."""

LONGEST_HEADING: Final = 40
"""Characters of a heading."""
_IN_BRACES: Final = re.compile(r"\{([^{}\n]*)\}")
_BRACE: Final = re.compile(r"[{}｛｝]")


def kind_of(terms: Terms) -> Kind:
    """Which template the agreed terms are drawn with."""
    kinds = {line.kind for line in terms.lines}
    service, goods = bool(kinds - {"product"}), bool(kinds - {"service"})
    return Kind.MIXED if service and goods else Kind.SERVICE if service else Kind.GOODS


def drawn(template: Sequence[Clause], terms: Terms, parties: Parties, number: str) -> tuple[Clause, ...]:
    """The contract that TEMPLATE makes of the agreed terms; NUMBER is the order's."""
    values = _values(terms, parties, number)
    return tuple(Clause(clause.topic, _filled(clause.text, values), clause.title) for clause in template)


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _IN_BRACES.sub(lambda found: values[found[1].strip()], text)


def _values(terms: Terms, parties: Parties, number: str) -> dict[str, str]:
    return {
        "客户": parties.customer,
        "公司": parties.company,
        "客户签署人": parties.for_customer.said,
        "公司签署人": parties.for_company.said,
        "订单号": number,
        "明细": "\n".join(map(position, terms.lines)),
        "需求": terms.requirements,
        "交付日期": day(terms.deliver_on),
        "交付方式": terms.delivery,
        "验收标准": terms.acceptance,
        "明细合计": f"{terms.goods_amount:.2f}",
        "其他费用": surcharges(terms),
        "总价": f"{terms.total:.2f}",
        "总价大写": capitals(terms.total),
        "付款约定": payment(terms),
    }


def faults(kind: Kind, clauses: Sequence[Clause]) -> list[Fault]:
    """Everything that keeps the template from being put in force; the field is the clause's topic."""
    return [*_headings(clauses), *_braces(clauses), *_missing(clauses)] or list(_on_trial(kind, clauses))


def _headings(clauses: Sequence[Clause]) -> Iterator[Fault]:
    seen: set[Topic] = set()
    for clause in clauses:
        if clause.topic in seen:
            yield _fault(clause.topic, "twice", ("出现了两次", "it stands twice"), ("请合并为一条", "make one of them"))
        seen.add(clause.topic)
        if len(clause.text) > LONGEST or len(clause.title) > LONGEST_HEADING:
            yield _fault(
                clause.topic, "too_long",
                ("标题或正文太长", "its heading or text is too long"),
                (f"标题不超过 {LONGEST_HEADING} 字，正文不超过 {LONGEST} 字", f"at most {LONGEST_HEADING} and {LONGEST} signs"),
            )  # fmt: skip
        if clause.topic.startswith("further") and not clause.title:
            reason, remedy = ("没有标题", "it has no heading"), ("请填写标题", "give it one")
            yield _fault(clause.topic, "no_heading", reason, remedy)


def _braces(clauses: Sequence[Clause]) -> Iterator[Fault]:
    for clause in clauses:
        for name in dict.fromkeys(found.strip() for found in _IN_BRACES.findall(clause.text)):
            if name not in PLACEHOLDERS:
                known = "、".join(f"{{{one}}}" for one in PLACEHOLDERS)
                yield _fault(
                    clause.topic, "unknown_placeholder",
                    (f"占位符“{{{name}}}”不存在", f"there is no placeholder “{{{name}}}”"),
                    (f"可用的有：{known}", f"known are: {known}"),
                )  # fmt: skip
        found = _BRACE.search(_IN_BRACES.sub(lambda whole: " " * len(whole[0]), clause.text))
        if found is not None:
            near = clause.text[max(0, found.start() - 6) : found.end() + 6].replace("\n", " ").strip()
            yield _fault(
                clause.topic, "unbalanced_brace",
                (f"“{near}”处的花括号不成对，或不是半角", f"the brace near “{near}” has no other half, or is full-width"),
                ("占位符写作半角花括号，如 {总价}；正文中请勿使用花括号", "write placeholders as {总价}; use no other braces"),
            )  # fmt: skip


def _missing(clauses: Sequence[Clause]) -> Iterator[Fault]:
    texts = {clause.topic: clause.text for clause in clauses}
    for topic in REQUIRED:
        if not texts.get(topic, "").strip():
            reason, remedy = (
                ("缺少本条", "the clause is missing"),
                ("合同必须写明，请补充", "a contract has to say it; add it"),
            )
            yield _fault(topic, "missing_clause", reason, remedy)
    for one in PLACEHOLDERS.values():
        text = texts.get(one.topic, "") if one.topic else ""
        if text.strip() and one.topic and one.name not in {name.strip() for name in _IN_BRACES.findall(text)}:
            yield _fault(
                one.topic, "missing_placeholder",
                (f"缺少占位符“{{{one.name}}}”", f"the placeholder “{{{one.name}}}” ({one.english}) is missing"),
                ("请写入本条", "put it into this clause"),
            )  # fmt: skip


def _on_trial(kind: Kind, clauses: Sequence[Clause]) -> Iterator[Fault]:
    """What the checks would block in a contract that the template makes: then nobody could hand one over."""
    terms, parties = sample(kind), SAMPLE_PARTIES
    for found in findings(drawn(clauses, terms, parties, "JD260101000001"), terms, parties):
        if found.blocks and found.topic is not None:
            yield _fault(found.topic, found.code, (found.zh.rstrip("。"), found.en.rstrip(".")), None)


def _fault(topic: Topic, code: str, reason: tuple[str, str], remedy: tuple[str, str] | None) -> Fault:
    remedy = remedy or ("按此模板拟定的合同无法通过检查", "no contract made with it would pass the checks")
    return Fault(topic.value, code, *reason, *remedy, place_zh=HEADINGS[topic])


def sample(kind: Kind) -> Terms:
    """Terms to try a template on."""
    ordered = {Kind.GOODS: ("product",), Kind.SERVICE: ("service",), Kind.MIXED: ("product", "service")}[kind]
    price = Decimal("1280.50")
    lines = tuple(
        Line(number, "", name, "", one, 2, price, Decimal(0), price * 2)
        for number, (one, name) in enumerate(((one, _NAMES[one]) for one in ordered), start=1)
    )
    total = sum((line.amount for line in lines), Decimal("0.00"))
    return Terms(
        "按样品制作", "外观无划痕，功能正常", lines, Decimal(0), Decimal(0), Decimal(0), total, date(2030, 3, 1),
        "送货上门", (Instalment(When.ON_SIGNING, total),),
    )  # fmt: skip


_NAMES: Final = {"product": "落地灯", "service": "安装服务"}
SAMPLE_PARTIES: Final = Parties(
    "甲方示例公司", "乙方示例公司", Signatory("甲方签署人", "采购经理"), Signatory("乙方签署人", "总经理")
)


def _standard(goods: bool, service: bool) -> tuple[Clause, ...]:
    warranty = [
        *(["乙方保证所供商品为合格正品，并按国家规定承担修理、更换、退货责任。"] if goods else []),
        *(["乙方提供的服务达不到约定要求的，应在 3 日内无偿返工。"] if service else []),
    ]
    texts = {
        Topic.PARTIES: "甲方（客户）：{客户}，签署人：{客户签署人}\n乙方（供方）：{公司}，签署人：{公司签署人}\n双方就订单 {订单号} 订立本合同。",
        Topic.SUBJECT: "{明细}",
        Topic.REQUIREMENTS: "{需求}",
        Topic.DELIVERY: "乙方应于 {交付日期}前交付。交付方式与地点：{交付方式}。",
        Topic.ACCEPTANCE: "验收标准：{验收标准}。甲方应在交付后 5 日内验收，并以书面或平台消息确认；有异议的，应在该期限内写明。",
        Topic.PRICE: "明细合计 {明细合计} 元{其他费用}。总价款 {总价} 元（大写：{总价大写}）。",
        Topic.PAYMENT: "{付款约定}",
        Topic.WARRANTY: "".join(warranty),
        Topic.BREACH: (
            "乙方逾期交付的，每逾期一日按未交付部分价款的 0.5‰ 支付违约金；甲方逾期付款的，每逾期一日按未付款项的 0.5‰ 支付违约金。"
            "违约金不足以弥补损失的，违约方应赔偿差额。"
        ),
        Topic.CONFIDENTIALITY: "双方对因本合同知悉的对方商业秘密和个人信息负有保密义务，本合同终止后仍然有效。",
        Topic.FORCE_MAJEURE: "因不可抗力不能履行的，受影响一方应在 3 日内通知对方并提供证明，双方据此变更或解除合同。",
        Topic.DISPUTE: "因本合同发生的争议，双方应先协商；协商不成的，向乙方所在地人民法院提起诉讼。",
        Topic.GENERAL: "本合同自双方签署之日起生效，双方各执一份，电子文本与纸质文本具有同等效力。变更须经双方书面同意。",
    }
    return tuple(Clause(topic, text) for topic, text in texts.items())


STANDARD: Final[Mapping[Kind, tuple[Clause, ...]]] = {
    Kind.GOODS: _standard(goods=True, service=False),
    Kind.SERVICE: _standard(goods=False, service=True),
    Kind.MIXED: _standard(goods=True, service=True),
}
"""Version 0: the templates that come with the system."""
