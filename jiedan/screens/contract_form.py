"""The form of a contract template: each clause with its heading, its place and its text (clause 2.3.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import QueryDict

from jiedan.contract.template_input import clause_of
from jiedan.core.contract_checks import REQUIRED
from jiedan.core.contract_template import PLACEHOLDERS
from jiedan.core.contract_text import HEADINGS, Clause, Topic
from jiedan.kernel.naming import english


@dataclass(frozen=True, slots=True)
class ClauseField:
    """A clause as the form shows it; `wanted` are the placeholders that it has to hold."""

    topic: str
    usual: str
    heading: str
    place: str
    text: str
    required: bool
    wanted: Sequence[str]
    errors: Sequence[str]


def given(template: Sequence[Clause]) -> dict[str, str]:
    """The template as the form would send it."""
    found: dict[str, str] = {}
    for place, clause in enumerate(template, start=1):
        found |= {
            f"heading.{clause.topic}": clause.heading,
            f"place.{clause.topic}": f"{place * 10}",
            f"text.{clause.topic}": clause.text,
        }
    return found


def typed(data: QueryDict) -> dict[str, str]:
    """What the form sent."""
    names = {f"{part}.{topic}" for part in ("heading", "place", "text") for topic in Topic}
    return {name: str(data[name]) for name in data if name in names}


def clauses(values: Mapping[str, str]) -> list[Clause]:
    """The clauses as they were typed, in the order of their places; those without a text are left out."""
    written = [topic for topic in Topic if values.get(f"text.{topic}", "").strip()]
    return [
        clause_of(topic, values.get(f"heading.{topic}", ""), values[f"text.{topic}"])
        for topic in sorted(written, key=lambda topic: _place(values, topic))
    ]


def _place(values: Mapping[str, str], topic: Topic) -> tuple[int, int]:
    number, usual = values.get(f"place.{topic}", ""), list(Topic).index(topic)
    return (int(number) if number.isascii() and number.isdigit() and len(number) < 5 else 9999, usual)


def fields(
    values: Mapping[str, str], errors: Mapping[str, Sequence[str]]
) -> tuple[list[ClauseField], list[ClauseField]]:
    """The clauses that the template has in their order, and those that it could have besides."""
    found = [_field(topic, values, errors) for topic in sorted(Topic, key=lambda topic: _place(values, topic))]
    shown = [one for one in found if one.text.strip() or one.required or one.errors]
    return shown, [one for one in found if one not in shown]


def _field(topic: Topic, values: Mapping[str, str], errors: Mapping[str, Sequence[str]]) -> ClauseField:
    heading = values.get(f"heading.{topic}", "" if topic.startswith("further") else HEADINGS[topic])
    return ClauseField(
        topic.value, HEADINGS[topic], heading, values.get(f"place.{topic}", ""), values.get(f"text.{topic}", ""),
        topic in REQUIRED, [f"{{{one.name}}}" for one in PLACEHOLDERS.values() if one.topic is topic],
        errors.get(f"clauses.{topic}", []),
    )  # fmt: skip


def placeholders() -> list[tuple[str, str]]:
    """The closed list: what is written, and what it stands for."""
    return [
        (f"{{{one.name}}}", one.english if english() else _MEANINGS.get(one.name, one.name))
        for one in PLACEHOLDERS.values()
    ]


_MEANINGS: Mapping[str, str] = {
    "客户": "客户名称",
    "公司": "本公司名称",
    "客户签署人": "客户一方签署人及职务",
    "公司签署人": "本公司签署人及职务",
    "明细": "商品与服务明细，每行一项",
    "明细合计": "明细合计金额（数字）",
    "其他费用": "运费、税费、优惠，各以逗号开头；没有则为空",
    "总价": "总价（数字）",
    "总价大写": "总价（中文大写）",
    "付款约定": "各期付款，每行一期",
}
