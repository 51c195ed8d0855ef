"""Looking over a set of routing rules: which can never match, and what differs between two sets (clause 1.3.4).

Pure. Only a single earlier rule that takes everything is found, not several that do so together.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from jiedan.acquisition.routing import Rule
from jiedan.acquisition.routing_facts import plain_region, within


def shadowed(rules: Sequence[Rule], active: Collection[int]) -> dict[int, int]:
    """The rules that can never match, each with the earlier one that takes all its orders; both counted from 1.

    ACTIVE are the departments in use; a rule that has none takes nothing from those behind it.
    """
    found: dict[int, int] = {}
    for late, rule in enumerate(rules, start=1):
        for early, other in enumerate(rules[: late - 1], start=1):
            if _always_chosen(other, active) and _covers(other, rule):
                found[late] = early
                break
    return found


def _always_chosen(rule: Rule, active: Collection[int]) -> bool:
    return rule.most_open is None and any(one in active for one in rule.departments)


def _covers(wide: Rule, narrow: Rule) -> bool:
    """Whether every order that fits NARROW fits WIDE."""
    return (
        _each(wide.shops, narrow.shops, str.__eq__)
        and _each(wide.platforms, narrow.platforms, str.__eq__)
        and _each(wide.categories, narrow.categories, within)
        and _each(wide.regions, narrow.regions, lambda wider, one: plain_region(one).startswith(plain_region(wider)))
        and _each(wide.words, narrow.words, lambda wider, one: wider.casefold() in one.casefold())
        and wide.hours in ("", narrow.hours)
        and (wide.amount_from is None or (narrow.amount_from or 0) >= wide.amount_from)
        and (wide.amount_to is None or (narrow.amount_to is not None and narrow.amount_to <= wide.amount_to))
    )


def _each(wide: Sequence[str], narrow: Sequence[str], fits: Callable[[str, str], bool]) -> bool:
    return not wide or (bool(narrow) and all(any(fits(wider, one) for wider in wide) for one in narrow))


@dataclass(frozen=True, slots=True)
class Difference:
    """A rule as it stands in both sets (`kept`), moved, or in one of them only; numbers counted from 1."""

    kind: str
    rule: Rule
    before: int | None
    after: int | None


def compared(old: Sequence[Rule], new: Sequence[Rule]) -> list[Difference]:
    """The rules of both sets in the new order; what was removed stands where it stood. Kinds: kept, moved, added, removed."""
    rows: list[Difference] = []
    for tag, low, high, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            rows += [Difference("kept", new[j], j - first + low + 1, j + 1) for j in range(first, last)]
            continue
        rows += [Difference("removed", old[i], i + 1, None) for i in range(low, high)]
        rows += [Difference("added", new[j], None, j + 1) for j in range(first, last)]
    return _with_moves(rows)


def _with_moves(rows: Sequence[Difference]) -> list[Difference]:
    gone = [row for row in rows if row.kind == "removed"]
    found: list[Difference] = []
    moved: list[Difference] = []
    for row in rows:
        origin = next((one for one in gone if row.kind == "added" and one.rule == row.rule), None)
        if origin is not None:
            gone.remove(origin)
            moved.append(origin)
        found.append(row if origin is None else Difference("moved", row.rule, origin.before, row.after))
    return [row for row in found if not any(row is one for one in moved)]
