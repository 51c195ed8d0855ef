"""The text of a contract: clauses for goods, services and both, filled in from the agreed terms (clause 2.3.2)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final, Self

from jiedan.core.canonical import digest
from jiedan.core.capitals import capitals
from jiedan.core.terms import Instalment, Terms, When


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
}

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
    """A numbered clause."""

    topic: Topic
    text: str

    @property
    def heading(self) -> str:
        """What it is about, as it is printed."""
        return HEADINGS[self.topic]

    def data(self) -> dict[str, str]:
        """The clause as JSON."""
        return {"topic": self.topic.value, "text": self.text}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """Read a clause back."""
        return cls(Topic(kept["topic"]), str(kept["text"]))


@dataclass(frozen=True, slots=True)
class Parties:
    """Who concludes the contract: the customer buys, the company supplies."""

    customer: str
    company: str


def fingerprint(clauses: tuple[Clause, ...]) -> str:
    """SHA-256 over the clauses in their order, hex: what reviews, comments and signatures are about."""
    return digest([clause.data() for clause in clauses])


def drafted(terms: Terms, parties: Parties, number: str) -> tuple[Clause, ...]:
    """The contract that the agreed terms make: goods, service or mixed by what was ordered; NUMBER is the order's."""
    kinds = {line.kind for line in terms.lines}
    service, goods = bool(kinds - {"product"}), bool(kinds - {"service"})
    return tuple(Clause(topic, text) for topic, text in _clauses(terms, parties, number, goods, service))


def _clauses(terms: Terms, parties: Parties, number: str, goods: bool, service: bool) -> Iterator[tuple[Topic, str]]:
    yield (
        Topic.PARTIES,
        f"甲方（客户）：{parties.customer}\n乙方（供方）：{parties.company}\n双方就订单 {number} 订立本合同。",
    )
    yield (
        Topic.SUBJECT,
        "\n".join(
            f"{line.number}. {line.name}，数量 {line.quantity}，单价 {line.unit_price:.2f} 元，金额 {line.amount:.2f} 元。"
            for line in terms.lines
        ),
    )
    yield Topic.REQUIREMENTS, terms.requirements
    yield Topic.DELIVERY, f"乙方应于 {_day(terms.deliver_on)}前交付。交付方式与地点：{terms.delivery}。"
    yield (
        Topic.ACCEPTANCE,
        f"验收标准：{terms.acceptance}。甲方应在交付后 5 日内验收，并以书面或平台消息确认；有异议的，应在该期限内写明。",
    )
    yield Topic.PRICE, price(terms)
    yield Topic.PAYMENT, payment(terms)
    if goods:
        yield (
            Topic.WARRANTY,
            "乙方保证所供商品为合格正品，并按国家规定承担修理、更换、退货责任。"
            + ("乙方提供的服务达不到约定要求的，应在 3 日内无偿返工。" if service else ""),
        )
    else:
        yield Topic.WARRANTY, "乙方提供的服务达不到约定要求的，应在 3 日内无偿返工。"
    yield (
        Topic.BREACH,
        (
            "乙方逾期交付的，每逾期一日按未交付部分价款的 0.5‰ 支付违约金；甲方逾期付款的，每逾期一日按未付款项的 0.5‰ 支付违约金。"
            "违约金不足以弥补损失的，违约方应赔偿差额。"
        ),
    )
    yield Topic.CONFIDENTIALITY, "双方对因本合同知悉的对方商业秘密和个人信息负有保密义务，本合同终止后仍然有效。"
    yield Topic.FORCE_MAJEURE, "因不可抗力不能履行的，受影响一方应在 3 日内通知对方并提供证明，双方据此变更或解除合同。"
    yield Topic.DISPUTE, "因本合同发生的争议，双方应先协商；协商不成的，向乙方所在地人民法院提起诉讼。"
    yield (
        Topic.GENERAL,
        "本合同自双方签署之日起生效，双方各执一份，电子文本与纸质文本具有同等效力。变更须经双方书面同意。",
    )


def price(terms: Terms) -> str:
    """The clause on the price: figures and capitals."""
    parts = [("运费", terms.freight), ("税费", terms.tax), ("优惠", -terms.discount)]
    extra = "".join(f"，{name} {amount:.2f} 元" for name, amount in parts if amount)
    return (
        f"明细合计 {terms.goods_amount:.2f} 元{extra}。总价款 {terms.total:.2f} 元（大写：{capitals(terms.total)}）。"
    )


def payment(terms: Terms) -> str:
    """The clause on payment."""
    lines = [f"（{number}）{instalment(part)}。" for number, part in enumerate(terms.payment, start=1)]
    return "\n".join([*lines, *([f"说明：{terms.payment_note}。"] if terms.payment_note else [])])


def instalment(part: Instalment) -> str:
    """A payment as the contract says it."""
    note = f"（{part.note}）" if part.note else ""
    return f"{_WHEN[part.when].format(days=part.days)} {part.amount:.2f} 元{note}"


def _day(day: date | None) -> str:
    return "____" if day is None else f"{day.year} 年 {day.month} 月 {day.day} 日"
