"""How well what somebody wants fits what a department declares that it does, with the reasons (clause 2.1.1).

Each criterion that both sides say something about has a share between 0 and 1; the score is their weighted mean, in
whole points of 100. What one side says nothing about counts neither for nor against, and is named. What the department
refuses, or the law prohibits, makes the score 0 whatever else fits.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from jiedan.core.screening import Ban, Hit, plain


class Criterion(StrEnum):
    """What is compared, the most important first."""

    CATEGORY = "category"
    PRICE = "price"
    LEAD_TIME = "lead_time"
    CAPACITY = "capacity"
    REGION = "region"
    SKILLS = "skills"


WEIGHTS = {
    Criterion.CATEGORY: 40,
    Criterion.PRICE: 20,
    Criterion.LEAD_TIME: 15,
    Criterion.CAPACITY: 10,
    Criterion.REGION: 10,
    Criterion.SKILLS: 5,
}
"""Their weights; they add up to 100."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a department declares: nothing said about a criterion means that it doesn't matter.

    `lead_days` are the working days that it needs, `most_open` the orders that it can have open at once; `refuses` are
    words of what it never takes.
    """

    categories: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    price_from: Decimal | None = None
    price_to: Decimal | None = None
    lead_days: int | None = None
    most_open: int | None = None
    regions: tuple[str, ...] = ()
    refuses: tuple[str, ...] = ()

    def kept(self) -> dict[str, Any]:
        """The scope as JSON."""
        return {
            "categories": list(self.categories), "skills": list(self.skills),
            "price_from": None if self.price_from is None else f"{self.price_from:.2f}",
            "price_to": None if self.price_to is None else f"{self.price_to:.2f}",
            "lead_days": self.lead_days, "most_open": self.most_open,
            "regions": list(self.regions), "refuses": list(self.refuses),
        }  # fmt: skip

    @classmethod
    def read(cls, kept: dict[str, Any]) -> Self:
        """Read a scope back."""
        return cls(
            categories=tuple(kept["categories"]),
            skills=tuple(kept["skills"]),
            price_from=_yuan(kept["price_from"]),
            price_to=_yuan(kept["price_to"]),
            lead_days=kept["lead_days"],
            most_open=kept["most_open"],
            regions=tuple(kept["regions"]),
            refuses=tuple(kept["refuses"]),
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants: "" or None where nothing is said. `region` in its plain form, `budget` in yuan."""

    text: str
    category: str = ""
    budget: Decimal | None = None
    workdays: int | None = None
    region: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """What one criterion comes to; `share` None when one of the sides says nothing about it."""

    criterion: Criterion
    share: float | None
    wanted: str = ""
    declared: str = ""


@dataclass(frozen=True, slots=True)
class Fit:
    """The score of 100 with its reasons; None when nothing can be compared.

    `refused` is the word of what the department never takes, `hits` what of the screening list stands in it.
    """

    score: int | None
    reasons: tuple[Reason, ...]
    refused: str = ""
    hits: tuple[Hit, ...] = ()

    @property
    def prohibited(self) -> bool:
        """Whether the law prohibits something that it names."""
        return any(hit.ban is Ban.PROHIBITED for hit in self.hits)


def fit(wanted: Wanted, scope: Scope, open_orders: int, hits: Sequence[Hit] = ()) -> Fit:
    """How well the two fit, with OPEN_ORDERS that the department has now and the HITS of the screening list."""
    reasons = tuple(_reasons(wanted, scope, open_orders))
    refused = _first_within(scope.refuses, wanted.text)
    known = [(WEIGHTS[one.criterion], one.share) for one in reasons if one.share is not None]
    score = None if not known else round(100 * sum(w * share for w, share in known) / sum(w for w, _share in known))
    found = Fit(score, reasons, refused, tuple(hits))
    return Fit(0, reasons, refused, tuple(hits)) if refused or found.prohibited else found


def _reasons(wanted: Wanted, scope: Scope, open_orders: int) -> Iterator[Reason]:
    yield _category(wanted.category, scope.categories)
    yield _price(wanted.budget, scope.price_from, scope.price_to)
    yield _lead_time(wanted.workdays, scope.lead_days)
    yield _capacity(open_orders, scope.most_open)
    yield _region(wanted.region, scope.regions)
    named = [word for word in scope.skills if plain(word) in plain(wanted.text)]
    yield Reason(Criterion.SKILLS, 1.0 if named else None, "、".join(named), "、".join(scope.skills))


def _category(wanted: str, declared: Sequence[str]) -> Reason:
    share = None
    if wanted and declared:
        within = any(wanted == one or wanted.startswith(f"{one}/") for one in declared)
        near = any(wanted.partition("/")[0] == one.partition("/")[0] for one in declared)
        share = 1.0 if within else 0.5 if near else 0.0
    return Reason(Criterion.CATEGORY, share, wanted, "、".join(declared))


def _price(budget: Decimal | None, least: Decimal | None, most: Decimal | None) -> Reason:
    share = None
    if budget is not None and (least is not None or most is not None):
        # A fifth beyond the band can still be talked about.
        inside = (least is None or budget >= least) and (most is None or budget <= most)
        near = (least is None or budget * 5 >= least * 4) and (most is None or budget * 5 <= most * 6)
        share = 1.0 if inside else 0.5 if near else 0.0
    said = "" if budget is None else f"¥{budget:,.2f}"
    return Reason(Criterion.PRICE, share, said, _band(least, most))


def _band(least: Decimal | None, most: Decimal | None) -> str:
    if least is None and most is None:
        return ""
    return f"{'' if least is None else f'¥{least:,.2f}'} – {'' if most is None else f'¥{most:,.2f}'}".strip()


def _lead_time(workdays: int | None, needed: int | None) -> Reason:
    share = None
    if workdays is not None and needed is not None:
        share = 1.0 if workdays >= needed else 0.5 if workdays * 2 >= needed else 0.0
    return Reason(
        Criterion.LEAD_TIME, share, "" if workdays is None else str(workdays), "" if needed is None else str(needed)
    )


def _capacity(open_orders: int, most: int | None) -> Reason:
    share = None
    if most is not None:
        share = 1.0 if open_orders * 5 < most * 4 else 0.5 if open_orders < most else 0.0
    return Reason(Criterion.CAPACITY, share, str(open_orders), "" if most is None else str(most))


def _region(wanted: str, declared: Sequence[str]) -> Reason:
    share = None
    if wanted and declared:
        share = 1.0 if any(wanted.startswith(one) or one in wanted for one in declared) else 0.0
    return Reason(Criterion.REGION, share, wanted, "、".join(declared))


def _yuan(kept: str | None) -> Decimal | None:
    return None if kept is None else Decimal(kept)


def _first_within(words: Sequence[str], text: str) -> str:
    said = plain(text)
    return next((word for word in words if plain(word) in said), "")
