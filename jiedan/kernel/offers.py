"""What a person can do with a subject now, and why not: the one source of buttons, API offers and help."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from jiedan.core.lifecycle import LIFECYCLES
from jiedan.kernel import rules
from jiedan.kernel.action import REGISTRY, Action
from jiedan.kernel.dispatch import Answers, Context, obstacle
from jiedan.kernel.errors import Sentence
from jiedan.kernel.rules import Rules
from jiedan.people.actor import Actor
from jiedan.people.subject import Subject


@dataclass(frozen=True, slots=True)
class Offer:
    """A step of the person's role: possible now (`reason` is None) or not, with the sentence that says why."""

    action: Action
    reason: Sentence | None

    @property
    def possible(self) -> bool:
        """Whether the step can be taken now."""
        return self.reason is None


def offers(subject: Subject, actor: Actor, now: datetime, current: Rules | None = None) -> list[Offer]:
    """Every step on this subject that the person's roles may take here: possible ones first, among them what moves it on
    before what only looks at it or mends its clocks, and what gives it up last.

    CURRENT are the rules in force at NOW, if they were asked for already.
    """
    if not REGISTRY.on(subject.KIND):
        return []
    current = current or rules.in_force(now)
    found: list[Offer] = []
    asked: Answers = {}
    for action in REGISTRY.on(subject.KIND):
        grant = None if action.births else action.grant(actor, subject.scope_department_id)
        if grant is not None:
            ctx = Context(action, actor, grant, now, current, "offer")
            found.append(Offer(action, obstacle(action, subject, ctx, asked)))
    aside = LIFECYCLES[subject.KIND].aside
    return sorted(found, key=lambda offer: (not offer.possible, *_rank(offer.action, aside)))


def _rank(action: Action, aside: Collection[str]) -> tuple[bool, bool, bool]:
    onwards = action.to is not None or bool(action.ends["stops"])
    return action.to in aside, action.quiet, not onwards


def births(actor: Actor, kind: str) -> list[Action]:
    """The steps by which the person may bring a new subject of this kind into being."""
    return [action for action in REGISTRY.on(kind) if action.births and actor.roles & action.by]
