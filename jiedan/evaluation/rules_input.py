"""Decision rules and the screening list as people and programs write them: structured, or as text, one line each.

A decision rule is `mode member+member, condition=value, …`: `majority head+decider+1003, amount=5000-20000,
risk=medium-, department=HOME|SERV`. Members are `head`, `decider` or staff numbers; risks low, medium, high, blocking.
A line of the screening list is `prohibited: 象牙|虎骨 = note`, `platform: 刷单 = note`, `prohibited category: 烟草 = note`.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import BeforeValidator, Field, StringConstraints

from jiedan.acquisition.entry import Input, Money
from jiedan.core.decision import DECIDER, HEAD, Mode, Rule
from jiedan.core.risk import Level
from jiedan.core.screening import Ban, Entry, Place
from jiedan.kernel.errors import Invalid
from jiedan.kernel.fields import lazy as gettext_lazy
from jiedan.people.models import Department, Staff

Member = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9._-]{2,30}$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Grave = Literal["low", "medium", "high", "blocking"]
_RISKS = [level.value for level in Level]
_LINE = re.compile(r"(prohibited|platform)( category)?\s*[:：]\s*([^=]+?)\s*(?:=\s*(.*))?")


class DecisionRule(Input):
    """A rule: which orders, and who decides on them how."""

    mode: Literal["single", "all", "majority", "sequence"] = Field("single", title=gettext_lazy("Kind"))
    members: list[Member] = Field(min_length=1, max_length=20, title=gettext_lazy("Members"))
    amount_from: Money | None = Field(None, title=gettext_lazy("Amount from (yuan)"))
    amount_to: Money | None = Field(None, title=gettext_lazy("Amount up to (yuan)"))
    risk_from: Grave = Field("low", title=gettext_lazy("Gravest risk from"))
    risk_to: Grave = Field("blocking", title=gettext_lazy("Gravest risk up to"))
    departments: list[Name] = Field([], max_length=50, title=gettext_lazy("Departments"))


class Listed(Input):
    """An entry of the screening list."""

    ban: Literal["prohibited", "platform"] = Field(title=gettext_lazy("Kind"))
    place: Literal["word", "category"] = Field("word", title=gettext_lazy("Looked for as"))
    words: list[Name] = Field(min_length=1, max_length=200, title=gettext_lazy("Words"))
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = Field(
        "", title=gettext_lazy("Note")
    )

    def entry(self) -> Entry:
        """The entry as the rules know it."""
        return Entry(Ban(self.ban), Place(self.place), tuple(self.words), self.note)


def _lines(given: str) -> list[str]:
    return [line.strip() for line in given[:50_000].splitlines() if line.strip()]


def rules_from(given: object) -> object:
    """Rules written as text, as input; anything else as it is. Raises ValueError naming the line."""
    if not isinstance(given, str):
        return given
    return [_rule_of(number, line) for number, line in enumerate(_lines(given), start=1)]


def _rule_of(number: int, line: str) -> dict[str, Any]:
    head, *conditions = [part.strip() for part in re.split(r"[,，]", line)]
    mode, _blank, members = head.partition(" ")
    found: dict[str, Any] = {"mode": mode, "members": [name.strip() for name in members.split("+") if name.strip()]}
    for condition in conditions:
        name, _equals, value = (part.strip() for part in condition.partition("="))
        if name == "department":
            found["departments"] = [code.strip() for code in value.split("|")]
        elif name in ("amount", "risk"):
            ends = [end.strip() or None for end in value.split("-")]
            low, high = (ends[0], ends[-1]) if len(ends) <= 2 else ("?", "?")
            found |= {f"{name}_{end}": one for end, one in (("from", low), ("to", high)) if one is not None}
        else:
            raise ValueError(
                _("Line %(n)d: “%(word)s” isn't known; write amount=, risk= or department=.")
                % {"n": number, "word": name}
            )
    return found


def checked(given: Sequence[DecisionRule]) -> list[Rule]:
    """The rules as they will be kept. Raises Invalid for members, departments or ranges that can't be."""
    codes = dict(Department.objects.filter(is_active=True).values_list("code", "pk"))
    numbers = set(Staff.objects.filter(is_active=True).values_list("number", flat=True)) | {HEAD, DECIDER}
    problems: dict[str, list[str]] = {}
    for at, rule in enumerate(given):
        unknown = [member for member in rule.members if member not in numbers]
        if unknown:
            problems[f"rules.{at}.members"] = [
                _("Nobody has the number %(who)s; write head, decider or a staff number.") % {"who": "、".join(unknown)}
            ]
        strange = [code for code in rule.departments if code not in codes]
        if strange:
            problems[f"rules.{at}.departments"] = [
                _("There is no department %(code)s; known are %(known)s.")
                % {"code": "、".join(strange), "known": "、".join(sorted(codes))}
            ]
        if _empty(rule.amount_from, rule.amount_to) or _RISKS.index(rule.risk_from) > _RISKS.index(rule.risk_to):
            problems[f"rules.{at}"] = [_("No order can fit: the range ends before it begins.")]
    if problems:
        raise Invalid(problems, _("Some fields need to be corrected."))
    return [_kept(rule, codes) for rule in given]


def _empty(low: Decimal | None, high: Decimal | None) -> bool:
    return low is not None and high is not None and low > high


def _kept(rule: DecisionRule, codes: Mapping[str, int]) -> Rule:
    return Rule(
        Mode(rule.mode), tuple(rule.members), rule.amount_from, rule.amount_to,
        Level(rule.risk_from), Level(rule.risk_to), tuple(codes[code] for code in rule.departments),
    )  # fmt: skip


def as_text(rules: Sequence[Rule]) -> str:
    """The rules as text, one line each."""
    codes = dict(Department.objects.values_list("pk", "code"))
    return "\n".join(_line(rule, codes) for rule in rules)


def _line(rule: Rule, codes: Mapping[int, str]) -> str:
    parts = [f"{rule.mode.value} {'+'.join(rule.members)}"]
    if rule.amount_from is not None or rule.amount_to is not None:
        low, high = ("" if end is None else f"{end:f}" for end in (rule.amount_from, rule.amount_to))
        parts.append(f"amount={low}-{high}")
    if (rule.risk_from, rule.risk_to) != (Level.LOW, Level.BLOCKING):
        parts.append(f"risk={rule.risk_from}-{rule.risk_to}")
    if rule.departments:
        parts.append(f"department={'|'.join(codes.get(pk, str(pk)) for pk in rule.departments)}")
    return ", ".join(parts)


def entries_from(given: object) -> object:
    """A screening list written as text, as input; anything else as it is. Raises ValueError naming the line."""
    if not isinstance(given, str):
        return given
    return [_entry_of(number, line) for number, line in enumerate(_lines(given), start=1)]


def _entry_of(number: int, line: str) -> dict[str, Any]:
    found = _LINE.fullmatch(line)
    if found is None:
        raise ValueError(_("Line %(n)d isn't understood; write e.g. “prohibited: 象牙|虎骨 = why”.") % {"n": number})
    words = [word.strip() for word in found[3].split("|") if word.strip()]
    return {"ban": found[1], "place": "category" if found[2] else "word", "words": words, "note": found[4] or ""}


def entries_as_text(entries: Sequence[Entry]) -> str:
    """The screening list as text, one line an entry."""
    return "\n".join(
        f"{entry.ban}{' category' if entry.place is Place.CATEGORY else ''}: {'|'.join(entry.words)} = {entry.note}"
        for entry in entries
    )


Rules = Annotated[list[DecisionRule], BeforeValidator(rules_from, json_schema_input_type=list[DecisionRule] | str)]
Entries = Annotated[list[Listed], BeforeValidator(entries_from, json_schema_input_type=list[Listed] | str)]
