"""Who decides on an order, and what the votes so far amount to (clauses 2.2.3, 1.3.4).

A body has seats; each seat is held by one or more people, any of whom may vote for it, once. The body is fixed when an
evaluation is submitted; its votes are about that evaluation alone.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from jiedan.core.risk import Level


class Mode(StrEnum):
    """How a body decides."""

    SINGLE = "single"
    """Whoever of them votes first."""
    ALL = "all"
    """Everybody has to agree; one against is enough to decline."""
    MAJORITY = "majority"
    """More than half of the seats."""
    SEQUENCE = "sequence"
    """One after the other; one against is enough to decline."""


class Vote(StrEnum):
    """What somebody says of an evaluation."""

    TAKE = "take"
    DECLINE = "decline"


class Verdict(StrEnum):
    """What the votes amount to."""

    OPEN = "open"
    TAKEN = "taken"
    DECLINED = "declined"


HEAD, DECIDER = "head", "decider"
"""Members by what they are: the head of the order's department, the decision maker over it. Others by staff number."""


@dataclass(frozen=True, slots=True)
class Case:
    """What decision rules look at."""

    amount: Decimal
    level: Level
    department: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A body for the orders that fit: amounts from (inclusive) up to (inclusive), gravest risk, departments."""

    mode: Mode
    members: tuple[str, ...]
    amount_from: Decimal | None = None
    amount_to: Decimal | None = None
    risk_from: Level = Level.LOW
    risk_to: Level = Level.BLOCKING
    departments: tuple[int, ...] = ()

    def fits(self, case: Case) -> bool:
        """Whether the rule is for this case; what it doesn't name it doesn't ask for."""
        return (
            (self.amount_from is None or case.amount >= self.amount_from)
            and (self.amount_to is None or case.amount <= self.amount_to)
            and self.risk_from.rank <= case.level.rank <= self.risk_to.rank
            and (not self.departments or case.department in self.departments)
        )

    def kept(self) -> dict[str, Any]:
        """The rule as JSON; money as text."""
        return {
            "mode": self.mode.value,
            "members": list(self.members),
            "amount_from": None if self.amount_from is None else str(self.amount_from),
            "amount_to": None if self.amount_to is None else str(self.amount_to),
            "risk_from": self.risk_from.value,
            "risk_to": self.risk_to.value,
            "departments": list(self.departments),
        }

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """Read a rule back."""
        low, high = (None if kept[name] is None else Decimal(kept[name]) for name in ("amount_from", "amount_to"))
        return cls(
            Mode(kept["mode"]), tuple(kept["members"]), low, high,
            Level(kept["risk_from"]), Level(kept["risk_to"]), tuple(kept["departments"]),
        )  # fmt: skip


def standard(head_up_to: Decimal) -> tuple[Rule, ...]:
    """The rules until the company sets its own: the head below an amount and at low risk, else the decision maker."""
    return (
        Rule(Mode.SINGLE, (HEAD,), amount_to=head_up_to, risk_to=Level.LOW),
        Rule(Mode.SINGLE, (DECIDER,)),
    )


def chosen(rules: Sequence[Rule], case: Case) -> int | None:
    """The number (from 1) of the first rule that fits; None when none does."""
    return next((number for number, rule in enumerate(rules, start=1) if rule.fits(case)), None)


@dataclass(frozen=True, slots=True)
class Seat:
    """A place in the body: what it is called, and who may vote for it. Without a `needed` seat nothing is taken on."""

    title: str
    holders: tuple[int, ...]
    needed: bool = False
    decides: bool = field(default=False)
    """Whether it is a decision maker's."""

    def kept(self) -> dict[str, Any]:
        """The seat as JSON."""
        return {"title": self.title, "holders": list(self.holders), "needed": self.needed, "decides": self.decides}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """Read a seat back."""
        return cls(kept["title"], tuple(kept["holders"]), kept["needed"], kept["decides"])


@dataclass(frozen=True, slots=True)
class Body:
    """Who decides on one evaluation, as fixed when it was submitted."""

    mode: Mode
    seats: tuple[Seat, ...]

    def verdict(self, votes: Mapping[int, Vote]) -> Verdict:
        """What the VOTES by seat amount to."""
        for_, against = (sum(1 for vote in votes.values() if vote is kind) for kind in (Vote.TAKE, Vote.DECLINE))
        total = len(self.seats)
        needed = [number for number, seat in enumerate(self.seats) if seat.needed]
        if self.mode is Mode.MAJORITY:
            lost = any(votes.get(number) is Vote.DECLINE for number in needed) or (total - against) * 2 <= total
            won = for_ * 2 > total
        else:
            lost = against > 0
            won = for_ >= (1 if self.mode is Mode.SINGLE else total)
        if lost:
            return Verdict.DECLINED
        return Verdict.TAKEN if won and all(number in votes for number in needed) else Verdict.OPEN

    def asked(self, votes: Mapping[int, Vote]) -> list[int]:
        """The seats whose vote is wanted now: all that haven't voted, in a sequence only the first of them."""
        if self.verdict(votes) is not Verdict.OPEN:
            return []
        waiting = [number for number in range(len(self.seats)) if number not in votes]
        return waiting[:1] if self.mode is Mode.SEQUENCE else waiting

    def seat_for(self, people: Collection[int], votes: Mapping[int, Vote]) -> int | None:
        """The seat that is asked now and held by one of these people."""
        return next((number for number in self.asked(votes) if set(self.seats[number].holders) & set(people)), None)

    def kept(self) -> dict[str, Any]:
        """The body as JSON."""
        return {"mode": self.mode.value, "seats": [seat.kept() for seat in self.seats]}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """Read a body back."""
        return cls(Mode(kept["mode"]), tuple(map(Seat.read, kept["seats"])))
