"""Whether a contract may be signed: whole, definite, free of contradictions, and what was agreed (clause 2.3.2).

Facts are looked for in the text as it stands, so that they hold after anybody has edited it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from jiedan.core.capitals import capitals
from jiedan.core.contract_text import HEADINGS, Clause, Parties, Topic, instalment
from jiedan.core.terms import Terms

REQUIRED: Final = (
    Topic.PARTIES, Topic.SUBJECT, Topic.REQUIREMENTS, Topic.DELIVERY, Topic.ACCEPTANCE, Topic.PRICE, Topic.PAYMENT, Topic.BREACH,
    Topic.CONFIDENTIALITY, Topic.FORCE_MAJEURE, Topic.DISPUTE,
)  # fmt: skip
VAGUE: Final = (
    "尽快",
    "尽量",
    "大约",
    "大概",
    "左右",
    "视情况",
    "适当",
    "合理期限",
    "等等",
    "另行商定",
    "原则上",
    "争取",
)
FORBIDDEN: Final = ("最终解释权", "概不负责", "一律不退", "不承担任何责任", "放弃一切权利")
"""Wording that consumer law makes void (消费者权益保护法, article 26)."""

_CAPITALS: Final = re.compile(r"人民币[零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整]+")
_TOTAL: Final = re.compile(
    r"(?:总价款|总价|总金额|总额|合同价款|合同金额)[^\d。；\n]{0,12}(\d[\d,]{0,14}(?:\.\d{1,2})?)\s*元"
)
_DATE: Final = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_BLANK: Final = re.compile(r"_{2,}|【\s*】")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a check found: whether it BLOCKS signing, in which clause (None: in none), and what to do."""

    code: str
    blocks: bool
    topic: Topic | None
    zh: str
    en: str

    def sentence(self, language: str) -> str:
        """What was found and the remedy; LANGUAGE "en…" or anything Chinese."""
        return self.en if language.startswith("en") else self.zh


def findings(clauses: Sequence[Clause], terms: Terms, parties: Parties) -> list[Finding]:
    """Everything that the checks find, the blocking ones first."""
    found = [
        *_missing(clauses), *_parties(clauses, parties), *_amounts(clauses, terms), *_dates(clauses, terms),
        *_lines(clauses, terms), *_payments(clauses, terms), *_agreed_words(clauses, terms), *_wording(clauses),
    ]  # fmt: skip
    return sorted(found, key=lambda finding: not finding.blocks)


def _text(clauses: Sequence[Clause], topic: Topic) -> str:
    return "\n".join(clause.text for clause in clauses if clause.topic is topic)


def _missing(clauses: Sequence[Clause]) -> Iterator[Finding]:
    for topic in REQUIRED:
        if not _text(clauses, topic).strip():
            name = HEADINGS[topic]
            yield Finding(
                "missing_clause",
                True,
                topic,
                f"缺少“{name}”条款，请补充。",
                f"There is no clause on {topic.value}; add it.",
            )


def _parties(clauses: Sequence[Clause], parties: Parties) -> Iterator[Finding]:
    text = _text(clauses, Topic.PARTIES)
    for name in filter(None, (parties.customer, parties.company, parties.for_customer.name, parties.for_company.name)):
        if text and name not in text:
            yield Finding(
                "party_missing", True, Topic.PARTIES,
                f"“合同双方”中没有“{name}”，请写明。", f"The parties don't name “{name}”; name them.",
            )  # fmt: skip


def _amounts(clauses: Sequence[Clause], terms: Terms) -> Iterator[Finding]:
    text = _text(clauses, Topic.PRICE)
    if not text:
        return
    figures = [Decimal(found.replace(",", "")) for found in _TOTAL.findall(text)]
    if figures != [terms.total]:
        said = "、".join(f"{figure}" for figure in figures) or "没有写明"
        yield Finding(
            "total_differs", True, Topic.PRICE,
            f"约定总价为 {terms.total:.2f} 元，合同“总价款 … 元”为 {said}，请改为一致。",
            f"The agreed total is {terms.total:.2f} yuan; the contract's says otherwise. Make them equal.",
        )  # fmt: skip
    written = _CAPITALS.findall(text)
    if written != [capitals(terms.total)]:
        yield Finding(
            "capitals_differ", True, Topic.PRICE,
            f"大写金额须为“{capitals(terms.total)}”，请改正。",
            f"The amount in capitals has to be {capitals(terms.total)}; correct it.",
        )  # fmt: skip


def _dates(clauses: Sequence[Clause], terms: Terms) -> Iterator[Finding]:
    for clause in clauses:
        for found in _DATE.finditer(clause.text):
            day = _day(found)
            if day is None:
                yield Finding(
                    "no_such_day", True, clause.topic,
                    f"“{clause.heading}”中的“{found[0]}”不是真实日期，请改正。",
                    f"“{found[0]}” is no day of the calendar; correct it.",
                )  # fmt: skip
            elif clause.topic is Topic.ACCEPTANCE and terms.deliver_on is not None and day < terms.deliver_on:
                yield Finding(
                    "dates_out_of_order", True, clause.topic,
                    f"“{clause.heading}”中的“{found[0]}”早于约定的交付日期 {terms.deliver_on}，请改正。",
                    f"“{found[0]}” is before the day of delivery, {terms.deliver_on}; correct it.",
                )  # fmt: skip
    yield from _delivery(clauses, terms)


def _day(found: re.Match[str]) -> date | None:
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        return None


def _delivery(clauses: Sequence[Clause], terms: Terms) -> Iterator[Finding]:
    days = [tuple(map(int, found)) for found in _DATE.findall(_text(clauses, Topic.DELIVERY))]
    agreed = terms.deliver_on
    if agreed is not None and days != [(agreed.year, agreed.month, agreed.day)]:
        yield Finding(
            "delivery_differs", True, Topic.DELIVERY,
            f"约定交付日期为 {agreed.year} 年 {agreed.month} 月 {agreed.day} 日，“交付”条款须写明这一日期且只写这一个。",
            f"The agreed day of delivery is {agreed}; the clause on delivery has to say it, and no other.",
        )  # fmt: skip


def _lines(clauses: Sequence[Clause], terms: Terms) -> Iterator[Finding]:
    text = _text(clauses, Topic.SUBJECT)
    for line in terms.lines:
        wanted = (line.name, f"数量 {line.quantity}", f"{line.unit_price:.2f} 元", f"{line.amount:.2f} 元")
        if text and not any(all(part in row for part in wanted) for row in text.splitlines()):
            yield Finding(
                "line_differs", True, Topic.SUBJECT,
                f"“标的”中没有与约定一致的“{line.name}”（数量 {line.quantity}，单价 {line.unit_price:.2f} 元，金额 {line.amount:.2f} 元）。",
                f"The subject doesn't say “{line.name}” as it was agreed; restore the line.",
            )  # fmt: skip


def _payments(clauses: Sequence[Clause], terms: Terms) -> Iterator[Finding]:
    text = _text(clauses, Topic.PAYMENT)
    for part in terms.payment:
        if text and instalment(part) not in text:
            yield Finding(
                "payment_differs", True, Topic.PAYMENT,
                f"“付款”中没有约定的“{instalment(part)}”，请改为一致。",
                f"The clause on payment doesn't say “{instalment(part)}”, which was agreed.",
            )  # fmt: skip


def _agreed_words(clauses: Sequence[Clause], terms: Terms) -> Iterator[Finding]:
    """What was agreed in words has to stand in its clause as it was agreed; blanks and line ends make no difference."""
    agreed = {
        Topic.REQUIREMENTS: terms.requirements,
        Topic.DELIVERY: terms.delivery,
        Topic.ACCEPTANCE: terms.acceptance,
    }
    for topic, words in agreed.items():
        text = "".join(_text(clauses, topic).split())
        if text and "".join(words.split()) not in text:
            yield Finding(
                "words_differ", True, topic,
                f"“{HEADINGS[topic]}”中没有约定的“{words}”，请按约定恢复。",
                f"The clause on {topic.value} doesn't say “{words}”, which was agreed; restore it.",
            )  # fmt: skip


def _wording(clauses: Sequence[Clause]) -> Iterator[Finding]:
    for clause in clauses:
        for words in FORBIDDEN:
            if words in clause.text:
                yield Finding(
                    "forbidden_wording", True, clause.topic,
                    f"“{clause.heading}”中的“{words}”属于无效的格式条款，请删除。",
                    f"“{words}” is void as a standard term; take it out.",
                )  # fmt: skip
        if _BLANK.search(clause.text):
            yield Finding(
                "blank",
                True,
                clause.topic,
                f"“{clause.heading}”中有空白处未填写。",
                "A blank isn't filled in; fill it in.",
            )
        for words in VAGUE:
            if words in clause.text:
                yield Finding(
                    "vague_wording", False, clause.topic,
                    f"“{clause.heading}”中的“{words}”不够明确，请写明具体日期、数量或标准。",
                    f"“{words}” is vague; say a date, a number or a standard.",
                )  # fmt: skip
