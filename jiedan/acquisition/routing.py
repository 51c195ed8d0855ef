"""Which department an order goes to, and why: ordered rules by shop and category, the first that fits wins (1.3.4).

Pure, so that a rule can be tried out without an order. The explanation is kept with the order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Rule:
    """Orders of this shop and category go to this department; an empty shop or category fits all.

    A category fits its sub-categories too: "家居" fits "家居/灯具".
    """

    department: int
    shop: str = ""
    category: str = ""

    def mismatch(self, shop: str, categories: Iterable[str]) -> str | None:
        """What doesn't fit ("shop", "category"); None when the rule applies."""
        if self.shop and self.shop != shop:
            return "shop"
        if self.category and not any(_within(self.category, found) for found in categories):
            return "category"
        return None


@dataclass(frozen=True, slots=True)
class Routed:
    """The outcome: the department (None when no rule fits) and how each rule was looked at."""

    department: int | None
    explanation: dict[str, Any]


def route(shop: str, categories: Sequence[str], rules: Sequence[Rule], version: int) -> Routed:
    """Find the department for an order of SHOP with lines of these CATEGORIES under these RULES."""
    looked_at = []
    for position, rule in enumerate(rules, start=1):
        mismatch = rule.mismatch(shop, categories)
        # Not `asdict`, which copies deeply: this runs for every rule of every order.
        said = {"department": rule.department, "shop": rule.shop, "category": rule.category}
        looked_at.append({"rule": position, **said, "mismatch": mismatch})
        if mismatch is None:
            break
    matched = bool(looked_at) and looked_at[-1]["mismatch"] is None
    explanation = {
        "version": version,
        "shop": shop,
        "categories": sorted(set(categories)),
        "rules": looked_at,
        "matched": len(looked_at) if matched else None,
    }
    return Routed(rules[len(looked_at) - 1].department if matched else None, explanation)


def _within(category: str, found: str) -> bool:
    return found == category or found.startswith(f"{category}/")
