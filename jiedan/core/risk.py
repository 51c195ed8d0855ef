"""Risks of an order: likelihood × impact gives points, points give a level, a level asks for a measure (2.2.2, 1.3.1)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

SCALE = range(1, 6)
"""Likelihood and impact: 1 hardly any … 5 almost certain, ruinous."""


class RiskKind(StrEnum):
    """What a risk is about; each kind is judged for every order."""

    CREDIT = "credit"
    MARKET = "market"
    LEGAL = "legal"
    PLATFORM = "platform"
    DELIVERY = "delivery"


class Level(StrEnum):
    """How grave a risk is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    BLOCKING = "blocking"

    @property
    def rank(self) -> int:
        """0 for low … 3 for blocking."""
        return list(Level).index(self)


@dataclass(frozen=True, slots=True)
class Limits:
    """The points from which a risk is medium, high and blocking (company values)."""

    medium: int
    high: int
    blocking: int

    def level(self, points: int) -> Level:
        """The level of so many points; where limits coincide the graver level counts."""
        for level, least in ((Level.BLOCKING, self.blocking), (Level.HIGH, self.high), (Level.MEDIUM, self.medium)):
            if points >= least:
                return level
        return Level.LOW


@dataclass(frozen=True, slots=True)
class Risk:
    """One entry of the register. Likelihood and impact are None until somebody has judged them."""

    kind: RiskKind
    likelihood: int | None = None
    impact: int | None = None
    grounds: str = ""
    measure: str = ""
    owner: int | None = None

    @property
    def points(self) -> int | None:
        """Likelihood × impact, 1 to 25; None while one of them is missing."""
        return None if self.likelihood is None or self.impact is None else self.likelihood * self.impact

    def level(self, limits: Limits) -> Level | None:
        """The risk's level; None while it isn't judged."""
        return None if self.points is None else limits.level(self.points)


class Lack(StrEnum):
    """What an entry of the register lacks."""

    JUDGEMENT = "judgement"
    GROUNDS = "grounds"
    MEASURE = "measure"
    OWNER = "owner"


def lacking(risks: Iterable[Risk], limits: Limits) -> dict[RiskKind, list[Lack]]:
    """What each kind's entry lacks before the register can be submitted; a kind without an entry lacks its judgement.

    Every risk has to be judged; one above low needs grounds, a measure and somebody who sees to it.
    """
    there: Mapping[RiskKind, Risk] = {risk.kind: risk for risk in risks}
    found = {kind: _lacking(there.get(kind, Risk(kind)), limits) for kind in RiskKind}
    return {kind: lacks for kind, lacks in found.items() if lacks}


def _lacking(risk: Risk, limits: Limits) -> list[Lack]:
    level = risk.level(limits)
    if level is None:
        return [Lack.JUDGEMENT]
    if level is Level.LOW:
        return []
    given = {Lack.GROUNDS: risk.grounds, Lack.MEASURE: risk.measure, Lack.OWNER: risk.owner}
    return [lack for lack, value in given.items() if not value]


def worst(risks: Iterable[Risk], limits: Limits) -> Level:
    """The gravest level in the register; low when nothing is judged."""
    levels = [level for risk in risks if (level := risk.level(limits)) is not None]
    return max(levels, key=lambda level: level.rank, default=Level.LOW)


def legally_blocked(risks: Iterable[Risk], limits: Limits) -> bool:
    """Whether the law stands in the way: only a decision maker's recorded reason gets past it (clause 1.3.1)."""
    return any(risk.kind is RiskKind.LEGAL and risk.level(limits) is Level.BLOCKING for risk in risks)
