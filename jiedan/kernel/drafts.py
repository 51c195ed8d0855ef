"""Papers that people write together: saved again and again, by whoever may take the step that ends the writing.

Whoever saves says which version they saw; when somebody else has saved meanwhile nothing is lost: the later one is
told so and keeps what they typed (clauses 2.2.1, 2.3.1, 2.3.2).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from jiedan.kernel import attempts
from jiedan.kernel.action import REGISTRY
from jiedan.kernel.dispatch import authorised
from jiedan.kernel.errors import Refused
from jiedan.orders.models import Order
from jiedan.people.actor import Actor, Grant

P = TypeVar("P", bound=Any)
"""A row with `saved_at`, `saved_by` and the counter of its savings."""


@dataclass(frozen=True, slots=True)
class Drafts(Generic[P]):
    """How one kind of paper is written.

    `step` is the action that ends the writing: whoever may take it may write. `begun` finds the draft, or makes one that
    isn't saved. `require_writable` raises Refused. `put` writes what is given into a draft, without saving, and says
    whether that changed it; it raises Invalid by field. `counter` is the field that counts the savings.
    """

    step: str
    begun: Callable[[Order, datetime], P]
    require_writable: Callable[[Order], None]
    put: Callable[[P, Mapping[str, Any]], bool]
    counter: str = "saves"
    authored: bool = True

    def may_write(self, order: Order, actor: Actor) -> bool:
        """Whether the person may write the order's paper, in whatever stage it is."""
        return REGISTRY[self.step].grant(actor, order.department_id) is not None

    def save(
        self,
        order: Order,
        actor: Actor,
        given: Mapping[str, Any],
        version: int | None,
        now: datetime,
        channel: str = "page",
    ) -> P:
        """Put what is GIVEN (parts of the paper) into the draft that was seen in VERSION (None: whichever it is).

        Raises Forbidden, Refused (`paper_changed`, or why it can't be written) or Invalid by field; nothing has then
        changed.
        """
        with attempts.known(self.step, actor, order, channel), transaction.atomic():
            locked = Order.for_change(order.pk)
            grant = authorised(REGISTRY[self.step], locked, actor)
            self.require_writable(locked)
            paper = self.begun(locked, now)
            changed = self.put(paper, given)
            saves = getattr(paper, self.counter)
            if version is not None and version != saves:
                if not changed:
                    # Saved by itself a moment ago: the same again is no conflict.
                    return paper
                raise Refused(self.changed_sentence(paper), "paper_changed")
            setattr(paper, self.counter, saves + 1)
            paper.saved_at, paper.saved_by_id = now, actor.staff_id
            if self.authored:
                add_author(paper, actor, grant)
            paper.save()
            return paper

    def require_seen(self, paper: P, version: int | None) -> None:
        """Nobody has saved the paper since it was seen in VERSION (None: whichever). Raises Refused (`paper_changed`)."""
        if version is not None and getattr(paper, self.counter) != version:
            raise Refused(self.changed_sentence(paper), "paper_changed")

    def changed_sentence(self, paper: P) -> str:
        """What somebody reads who saw an older version of the draft."""
        return _(
            "%(who)s saved this meanwhile (version %(now)d). What you typed is kept here: open it anew in another tab, compare, then save again."
        ) % {"who": paper.saved_by or "—", "now": getattr(paper, self.counter)}


def add_author(paper: Any, actor: Actor, grant: Grant) -> None:
    """Put down who has a hand in the paper: nobody of them judges it (clause 1.3.4)."""
    paper.authors = sorted({*paper.authors, *filter(None, (actor.staff_id, grant.on_behalf_of))})
