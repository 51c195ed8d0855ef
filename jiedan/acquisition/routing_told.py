"""The explanation that an order keeps, as a page tells it: those of today and of the first form (clause 1.3.4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jiedan.acquisition import routing_rules
from jiedan.acquisition.routing import Rule
from jiedan.acquisition.routing_wording import mismatch_title, platform_title, sentence


@dataclass(frozen=True, slots=True)
class LookedAt:
    """A rule that was looked at: its sentence, and why it didn't fit ("" when it did)."""

    number: int
    sentence: str
    mismatch: str


@dataclass(frozen=True, slots=True)
class Told:
    """Why an order is where it is: who gave it there and why, or which rule did."""

    by: str = ""
    department: str = ""
    reason: str = ""
    version: int = 0
    facts: tuple[str, ...] = ()
    rules: tuple[LookedAt, ...] = ()
    matched: int | None = None
    word: str = ""
    loads: tuple[tuple[str, int], ...] = field(default=())


def told(explanation: Mapping[str, Any], names: Mapping[int, str] | None = None) -> Told:
    """The explanation in words; NAMES are those of all departments, if they are known already."""
    if "by" in explanation:
        return Told(explanation["by"], explanation["department_name"], explanation.get("reason", ""))
    names = routing_rules.names() if names is None else names
    kept = routing_rules.rules_of(explanation.get("version", 0))
    rows = [_looked_at(entry, kept, names) for entry in explanation.get("rules", [])]
    chosen = explanation.get("department")
    return Told(
        department=names.get(chosen, "") if chosen is not None else "",
        version=explanation.get("version", 0),
        facts=_facts(explanation),
        rules=tuple(rows),
        matched=explanation.get("matched"),
        word=explanation.get("word", ""),
        loads=tuple((names.get(int(one), f"#{one}"), count) for one, count in explanation.get("loads", {}).items()),
    )


def _looked_at(entry: Mapping[str, Any], kept: tuple[Rule, ...], names: Mapping[int, str]) -> LookedAt:
    number = entry["rule"]
    mismatch = mismatch_title(entry["mismatch"]) if entry["mismatch"] else ""
    if "department" in entry:
        # The first form carried each rule along.
        return LookedAt(number, sentence(Rule.read(entry), names), mismatch)
    return LookedAt(number, sentence(kept[number - 1], names) if number <= len(kept) else f"#{number}", mismatch)


def _facts(explanation: Mapping[str, Any]) -> tuple[str, ...]:
    platform = explanation.get("platform", "")
    total = explanation.get("total", "")
    found = [
        explanation.get("shop", ""),
        platform_title(platform) if platform else "",
        *explanation.get("categories", []),
    ]
    return tuple(filter(None, [*found, f"¥{total}" if total else ""]))
