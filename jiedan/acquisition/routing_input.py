"""Routing rules as people and programs write them: structured, or as text with one line a rule (clause 1.3.4).

A line is `departments, condition, …`: department codes joined by "+"; conditions as `name=value`, alternatives joined by
"|", in any order. `HOME+SERV, category=家居|服务, amount=500-1000, region=浙江省 杭州市, hours=within, most_open=20`
A second and a third entry without "=" are shop and category: `HOME, hangzhou, 家居`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import BeforeValidator, Field, StringConstraints, field_validator
from pydantic_core.core_schema import ValidationInfo

from jiedan.acquisition.entry import Input, Money
from jiedan.acquisition.routing import Rule
from jiedan.acquisition.routing_facts import plain_region
from jiedan.kernel.fields import lazy as gettext_lazy

BETWEEN = re.compile(r"[、,，;；|+\n]")
LONGEST = 50_000
"""Characters of rules written as text."""
_LISTS = {"shop": "shops", "platform": "platforms", "category": "categories", "region": "regions", "word": "words"}
_KEYS = {**_LISTS, "amount": "amount", "hours": "hours", "most_open": "most_open"}


def _split(given: object) -> object:
    if not isinstance(given, str):
        return given
    return [part.strip() for part in BETWEEN.split(given) if part.strip()]


Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^、,，;；|+\n]*$")
]
Names = Annotated[list[Name], BeforeValidator(_split, json_schema_input_type=list[str] | str), Field(max_length=50)]


class RoutingRule(Input):
    """A rule: which orders, and which departments. What is left out asks for nothing; of each list one has to fit."""

    departments: Names = Field(
        min_length=1,
        title=gettext_lazy("Departments"),
        description=gettext_lazy("Codes; of several the one with the fewest open orders takes the order."),
    )
    shops: Names = Field([], title=gettext_lazy("Shops"))
    platforms: Names = Field([], title=gettext_lazy("Platforms"))
    categories: Names = Field(
        [], title=gettext_lazy("Categories"), description=gettext_lazy("“家居” fits “家居/灯具” too.")
    )
    amount_from: Money | None = Field(None, title=gettext_lazy("Amount from (yuan)"))
    amount_to: Money | None = Field(None, title=gettext_lazy("Amount up to (yuan)"))
    regions: Names = Field(
        [], title=gettext_lazy("Regions"), description=gettext_lazy("Province, or province and city: 浙江省 杭州市.")
    )
    words: Names = Field(
        [],
        title=gettext_lazy("Words"),
        description=gettext_lazy("Looked for in the names of the positions, the requirements and the remarks."),
    )
    hours: Literal["within", "outside"] | None = Field(None, title=gettext_lazy("Working hours"))
    most_open: int | None = Field(
        None,
        ge=1,
        le=1_000_000,
        title=gettext_lazy("Only below so many open orders"),
        description=gettext_lazy("A department with as many open orders or more doesn't take the order."),
    )

    @field_validator("amount_to")
    @classmethod
    def _a_range(cls, value: Money | None, info: ValidationInfo) -> Money | None:
        least = info.data.get("amount_from")
        if value is not None and least is not None and value < least:
            raise ValueError(_("It is less than the amount it begins from, so no order could fit."))
        return value

    @field_validator("regions")
    @classmethod
    def _places(cls, value: list[str]) -> list[str]:
        for name in value:
            if len(plain_region(name)) < 2:
                raise ValueError(_("“%(name)s” is no region; write e.g. 浙江省 or 浙江省 杭州市.") % {"name": name})
        return value

    def rule(self, codes: Mapping[str, int]) -> Rule:
        """The rule itself; CODES gives the departments that it may name. Raises KeyError for another."""
        given: dict[str, Any] = self.model_dump(exclude={"departments"}, exclude_none=True)
        given = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
        return Rule(tuple(dict.fromkeys(codes[code] for code in self.departments)), **given)


def from_text(given: object) -> object:
    """Rules written as text, a line each, as structured ones; anything else as it is. Raises ValueError with the wrong lines."""
    if not isinstance(given, str):
        return given
    if len(given) > LONGEST:
        raise ValueError(_("The text is longer than %(n)d characters; send the rules as a list.") % {"n": LONGEST})
    lines = [(number, line) for number, line in enumerate(given.splitlines(), start=1) if line.strip()]
    rules, problems = [], []
    for number, line in lines:
        try:
            rules.append(_rule(line))
        except ValueError as error:
            problems.append(_("Line %(n)d: %(problem)s") % {"n": number, "problem": error})
    if problems:
        raise ValueError(" ".join(problems[:10]))
    return rules


def _rule(line: str) -> dict[str, Any]:
    first, *parts = (part.strip() for part in line.replace("，", ",").split(","))
    found: dict[str, Any] = {"departments": first}
    for position, part in enumerate(parts):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals and position < 2:
            name, value = ("shop", "category")[position], part
        elif name not in _KEYS:
            known = ", ".join(_KEYS)
            raise ValueError(
                _("“%(part)s” is no condition; known are %(known)s.") % {"part": part[:40], "known": known}
            )
        more = _amounts(value) if name == "amount" else {_KEYS[name]: value} if value else {}
        if found.keys() & more.keys():
            raise ValueError(_("“%(name)s” stands there twice; join alternatives by “|”.") % {"name": name})
        found |= more
    return found


def _amounts(text: str) -> dict[str, str]:
    least, dash, most = (piece.strip() for piece in text.partition("-"))
    if not dash:
        raise ValueError(_("an amount is written 500-1000, 500- or -1000"))
    return {name: value for name, value in (("amount_from", least), ("amount_to", most)) if value}


def as_text(rules: Sequence[Rule], codes: Mapping[int, str]) -> str:
    """The rules as text that `from_text` reads back; CODES are those of the departments."""
    return "\n".join(_line(rule, codes) for rule in rules)


def _line(rule: Rule, codes: Mapping[int, str]) -> str:
    asked = {name: "|".join(getattr(rule, field)) for name, field in _LISTS.items()}
    if rule.amount_from is not None or rule.amount_to is not None:
        asked["amount"] = "-".join("" if end is None else str(end) for end in (rule.amount_from, rule.amount_to))
    asked |= {"hours": rule.hours, "most_open": str(rule.most_open or "")}
    written = [f"{name}={value}" for name, value in asked.items() if value]
    return ", ".join(["+".join(codes.get(one, str(one)) for one in rule.departments), *written])
