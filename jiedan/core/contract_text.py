"""The clauses of a contract, and how agreed terms are said in them (clause 2.3.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final, Self

from jiedan.core.canonical import digest
from jiedan.core.terms import Instalment, Line, Terms, When


class Topic(StrEnum):
    """What a clause is about; each stands in a contract once."""

    PARTIES = "parties"
    SUBJECT = "subject"
    REQUIREMENTS = "requirements"
    DELIVERY = "delivery"
    ACCEPTANCE = "acceptance"
    PRICE = "price"
    PAYMENT = "payment"
    WARRANTY = "warranty"
    BREACH = "breach"
    CONFIDENTIALITY = "confidentiality"
    FORCE_MAJEURE = "force_majeure"
    DISPUTE = "dispute"
    GENERAL = "general"
    FURTHER_1 = "further_1"
    """What a company adds of its own, under its own headings."""
    FURTHER_2 = "further_2"
    FURTHER_3 = "further_3"
    FURTHER_4 = "further_4"


HEADINGS: Final[Mapping[Topic, str]] = {
    Topic.PARTIES: "合同双方",
    Topic.SUBJECT: "标的",
    Topic.REQUIREMENTS: "要求",
    Topic.DELIVERY: "交付",
    Topic.ACCEPTANCE: "验收",
    Topic.PRICE: "价款",
    Topic.PAYMENT: "付款",
    Topic.WARRANTY: "质量保证",
    Topic.BREACH: "违约责任",
    Topic.CONFIDENTIALITY: "保密",
    Topic.FORCE_MAJEURE: "不可抗力",
    Topic.DISPUTE: "争议解决",
    Topic.GENERAL: "其他",
    Topic.FURTHER_1: "补充条款一",
    Topic.FURTHER_2: "补充条款二",
    Topic.FURTHER_3: "补充条款三",
    Topic.FURTHER_4: "补充条款四",
}

LONGEST: Final = 8000
"""Characters of a clause."""

_WHEN: Final[Mapping[When, str]] = {
    When.PREPAID: "已在平台支付",
    When.ON_ORDER: "下单时支付",
    When.ON_SIGNING: "本合同签订时支付",
    When.BEFORE_DELIVERY: "交付前支付",
    When.ON_DELIVERY: "交付时支付",
    When.ON_ACCEPTANCE: "验收合格时支付",
    When.AFTER_ACCEPTANCE: "验收合格后 {days} 日内支付",
}


@dataclass(frozen=True, slots=True)
class Clause:
    """A numbered clause; TITLE where its heading isn't the usual one of its topic."""

    topic: Topic
    text: str
    title: str = ""

    @property
    def heading(self) -> str:
        """What it is about, as it is printed."""
        return self.title or HEADINGS[self.topic]

    def data(self) -> dict[str, str]:
        """The clause as JSON."""
        own = {"heading": self.title} if self.title else {}
        return {"topic": self.topic.value, "text": self.text} | own

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """Read a clause back."""
        return cls(Topic(kept["topic"]), str(kept["text"]), str(kept.get("heading", "")))


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs for a side: the name, and the post that they hold there ("" where somebody signs for themselves)."""

    name: str = ""
    post: str = ""

    @property
    def said(self) -> str:
        """As the contract names them; a blank to fill in while nobody is named."""
        return (f"{self.name}（{self.post}）" if self.post else self.name) if self.name else "____"


@dataclass(frozen=True, slots=True)
class Parties:
    """Who concludes the contract: the customer buys, the company supplies; and who signs for them."""

    customer: str
    company: str
    for_customer: Signatory = Signatory()
    for_company: Signatory = Signatory()


def fingerprint(clauses: tuple[Clause, ...]) -> str:
    """SHA-256 over the clauses in their order, hex: what reviews, comments and signatures are about."""
    return digest([clause.data() for clause in clauses])


def position(line: Line) -> str:
    """A line as the contract says it."""
    return (
        f"{line.number}. {line.name}，数量 {line.quantity}，单价 {line.unit_price:.2f} 元，金额 {line.amount:.2f} 元。"
    )


def surcharges(terms: Terms) -> str:
    """What the price holds besides the lines, each after a comma; nothing where there is nothing."""
    parts = [("运费", terms.freight), ("税费", terms.tax), ("优惠", -terms.discount)]
    return "".join(f"，{name} {amount:.2f} 元" for name, amount in parts if amount)


def payment(terms: Terms) -> str:
    """The payments, one a line, with the note on them."""
    lines = [f"（{number}）{instalment(part)}。" for number, part in enumerate(terms.payment, start=1)]
    return "\n".join([*lines, *([f"说明：{terms.payment_note}。"] if terms.payment_note else [])])


def instalment(part: Instalment) -> str:
    """A payment as the contract says it."""
    note = f"（{part.note}）" if part.note else ""
    return f"{_WHEN[part.when].format(days=part.days)} {part.amount:.2f} 元{note}"


def day(given: date | None) -> str:
    """A day as the contract says it; a blank while there is none."""
    return "____" if given is None else f"{given.year} 年 {given.month} 月 {given.day} 日"
