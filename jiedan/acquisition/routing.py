"""Which department an order goes to, and why: ordered rules, the first that fits wins (1.3.4).

Pure, so that a rule can be tried out without an order: loads, working hours and departments in use are passed in. The
explanation is kept with the order; it names rules by number, and the version that they stand in never changes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from jiedan.acquisition.routing_facts import Circumstances, RoutingFacts, any_within, plain_region

Check = Callable[[RoutingFacts, Circumstances], bool]

WITHIN, OUTSIDE = "within", "outside"
INACTIVE, FULL = "inactive", "load"
CONDITIONS: Final = ("shop", "platform", "category", "amount", "region", "word", "hours")
"""What can keep a rule from fitting, in the order in which it is looked at; then come INACTIVE and FULL."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Orders for which all of this holds go to one of these departments; what is empty asks for nothing.

    Of several departments in use the one with the fewest open orders takes it, the first named among equals; with
    `most_open` only those with fewer open orders than that. Of each list one has to fit. A category fits its
    sub-categories, a region what lies in it. Amounts are the order's total in yuan, both ends included.
    """

    departments: tuple[int, ...]
    shops: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    amount_from: Decimal | None = None
    amount_to: Decimal | None = None
    regions: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    hours: str = ""
    most_open: int | None = None
    checks: tuple[tuple[str, Check], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Work out once what has to be looked at: most rules ask for one thing or two."""
        object.__setattr__(self, "checks", tuple(_checks(self).items()))

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "Rule":
        """A rule as a version keeps it, of today or of the first form (one department, shop and category)."""
        if "department" in kept:
            shops, categories = (tuple(filter(None, [kept.get(name, "")])) for name in ("shop", "category"))
            return cls((kept["department"],), shops=shops, categories=categories)
        given: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in kept.items()}
        given |= {key: Decimal(given[key]) for key in ("amount_from", "amount_to") if key in given}
        return cls(**given)

    def kept(self) -> dict[str, Any]:
        """The rule as a version keeps it (JSON); what it doesn't ask for is left out."""
        found: dict[str, Any] = {"departments": list(self.departments)}
        for name in ("shops", "platforms", "categories", "regions", "words"):
            if getattr(self, name):
                found[name] = list(getattr(self, name))
        for name in ("amount_from", "amount_to"):
            if getattr(self, name) is not None:
                found[name] = str(getattr(self, name))
        if self.hours:
            found["hours"] = self.hours
        if self.most_open is not None:
            found["most_open"] = self.most_open
        return found

    @property
    def asks_loads(self) -> bool:
        """Whether it matters how many open orders a department has."""
        return len(self.departments) > 1 or self.most_open is not None

    def mismatch(self, facts: RoutingFacts, circumstances: Circumstances) -> str | None:
        """The first of CONDITIONS that doesn't fit; None when all do."""
        for name, fits in self.checks:
            if not fits(facts, circumstances):
                return name
        return None

    def mismatches(self, facts: RoutingFacts, circumstances: Circumstances) -> list[str]:
        """Everything that doesn't fit, the departments included; empty when the rule applies."""
        found = [name for name, fits in self.checks if not fits(facts, circumstances)]
        chosen = self.chosen(circumstances)
        return found if isinstance(chosen, int) else [*found, chosen]

    def chosen(self, circumstances: Circumstances) -> int | str:
        """The department that would take an order now; otherwise INACTIVE or FULL."""
        loads = circumstances.loads
        active = [one for one in self.departments if one in circumstances.active]
        if not active:
            return INACTIVE
        if not self.asks_loads:
            return active[0]
        free = [one for one in active if self.most_open is None or loads.get(one, 0) < self.most_open]
        return min(free, key=lambda one: loads.get(one, 0)) if free else FULL


@dataclass(frozen=True, slots=True)
class Routed:
    """The outcome: the department (None when no rule fits) and how each rule was looked at."""

    department: int | None
    explanation: dict[str, Any]


def route(facts: RoutingFacts, rules: Sequence[Rule], version: int, circumstances: Circumstances) -> Routed:
    """Find the department for an order with these FACTS under these RULES, those of VERSION."""
    looked_at: list[dict[str, Any]] = []
    explanation = {
        "version": version,
        "shop": facts.shop,
        "platform": facts.platform,
        "categories": sorted(set(facts.categories)),
        "total": str(facts.total),
        "rules": looked_at,
        "matched": None,
    }
    for position, rule in enumerate(rules, start=1):
        chosen: int | str | None = rule.mismatch(facts, circumstances) or rule.chosen(circumstances)
        if isinstance(chosen, str):
            looked_at.append({"rule": position, "mismatch": chosen})
            continue
        looked_at.append({"rule": position, "mismatch": None})
        explanation |= {"matched": position, "department": chosen} | _grounds(rule, facts, circumstances)
        return Routed(chosen, explanation)
    return Routed(None, explanation)


def _grounds(rule: Rule, facts: RoutingFacts, circumstances: Circumstances) -> dict[str, Any]:
    # Only words of the rule itself: what the customer wrote stays out of the ledger.
    found: dict[str, Any] = {}
    if rule.words:
        found["word"] = next(word for word in rule.words if word.casefold() in facts.text)
    if rule.asks_loads:
        found["loads"] = {str(one): circumstances.loads.get(one, 0) for one in rule.departments}
    return found


def _checks(rule: Rule) -> dict[str, Check]:
    found: dict[str, Check] = {}
    if rule.shops:
        found["shop"] = lambda facts, _now: facts.shop in rule.shops
    if rule.platforms:
        found["platform"] = lambda facts, _now: facts.platform in rule.platforms
    if rule.categories:
        found["category"] = lambda facts, _now: any_within(rule.categories, facts.categories)
    if rule.amount_from is not None or rule.amount_to is not None:
        least, most = rule.amount_from or Decimal(0), rule.amount_to
        found["amount"] = lambda facts, _now: least <= facts.total and (most is None or facts.total <= most)
    if rule.regions:
        regions = tuple(map(plain_region, rule.regions))
        found["region"] = lambda facts, _now: facts.region.startswith(regions)
    if rule.words:
        words = [word.casefold() for word in rule.words]
        found["word"] = lambda facts, _now: any(word in facts.text for word in words)
    if rule.hours:
        found["hours"] = lambda _facts, now: now.is_open is (rule.hours == WITHIN)
    return found
