"""What a message about an order means: new, unchanged, changed, cancelled; decided in one place (clause 2.1.2).

One order for each platform, shop and external number: whoever brings one holds its identity until the transaction
ends, and the database's constraint stands behind that. Messages are taken in by the hundred as well as alone; one
that can't be taken in never fails its neighbours.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiedan.acquisition import changes, early, identity
from jiedan.acquisition.customers import held_place
from jiedan.acquisition.incoming import IncomingOrder
from jiedan.acquisition.lateness import is_late, remember
from jiedan.core.lifecycle import ENDED, OrderStage
from jiedan.kernel import among
from jiedan.kernel.among import Look
from jiedan.kernel.dispatch import dispatch, dispatch_many
from jiedan.kernel.errors import Refused, StepRefused
from jiedan.orders import access
from jiedan.orders.models import Order
from jiedan.orders.vault import Unreadable
from jiedan.people.actor import SYSTEM

log = logging.getLogger(__name__)

Identity = tuple[str, str, str]
"""Platform, shop and the number there."""
Foreign = Callable[[Collection[Order]], Collection[int]]
"""Keys of those of the orders that whoever brings the messages may not change."""


OF_OTHERS = gettext_lazy("This order is with another department, which alone changes it.")


class Outcome(StrEnum):
    """What became of a message."""

    CREATED = "created"
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    NOTED = "noted"
    """Changed after acceptance: a notice waits for somebody's decision."""
    CANCELLED = "cancelled"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one message: its order as it was found or brought, and why it was refused."""

    outcome: Outcome
    order: Order | None = field(default=None, repr=False)
    reason: str = ""

    @property
    def ref(self) -> str:
        """The order's number; "" when there is none."""
        return "" if self.order is None else self.order.ref


def take_in(incoming: IncomingOrder, channel: str = "connector") -> Outcome:
    """Make of a message what it means; the same message again changes nothing. Raises Refused."""
    (taken,) = take_in_many([incoming], channel)
    if taken.outcome is Outcome.REFUSED:
        raise Refused(taken.reason)
    return taken.outcome


def take_in_many(
    given: Sequence[IncomingOrder],
    channel: str = "connector",
    held: bool = False,
    foreign: Foreign = lambda _orders: (),
) -> list[Taken]:
    """Make of each message what it means, in their order, in one transaction; the n-th result is of the n-th.

    HELD says that the caller holds their names already, together with others of its own (identity.py). A message
    about a FOREIGN order changes nothing and isn't told its number (6.2.3).
    """
    with transaction.atomic(savepoint=False):
        if not held:
            identity.hold(names_of(given))
        known = _known(given)
        fresh: dict[Identity, IncomingOrder] = {}
        for incoming in given:
            if identity_of(incoming) not in known:
                fresh.setdefault(identity_of(incoming), incoming)
        batch = _Batch(channel, known, fresh, _bring(fresh, channel), foreign)
        return [batch.meaning(incoming) for incoming in given]


def foresee(given: Sequence[IncomingOrder]) -> list[tuple[Outcome, Order | None]]:
    """What taking each of these in would come to now, and the order it is about; nothing is changed."""
    known = _known(given)
    return [_foreseen(known.get(identity_of(incoming)), incoming) for incoming in given]


def _foreseen(order: Order | None, incoming: IncomingOrder) -> tuple[Outcome, Order | None]:
    if order is None:
        return Outcome.CREATED, None
    if is_late(order, incoming):
        return Outcome.UNCHANGED, order
    outcome = _OF_CONTENT.get(changes.step_for(order, incoming) or "", Outcome.UNCHANGED)
    if _status_differs(order, incoming):
        outcome = _FOLLOWING[incoming.status][2]
    return outcome, order


def names_of(given: Iterable[IncomingOrder]) -> Iterator[tuple[str, ...]]:
    """What has to be held while these are taken in: the orders' identities and their customers'."""
    for incoming in given:
        yield identity_of(incoming)
        yield held_place(incoming)


def identity_of(incoming: IncomingOrder) -> Identity:
    """What tells one order from every other."""
    return incoming.platform, incoming.shop, incoming.external_id


def _known(given: Sequence[IncomingOrder]) -> dict[Identity, Order]:
    places = set(map(identity_of, given))
    numbers = {number for _platform, _shop, number in places if number}
    (found,) = among.keys(Look(Order, "external_id", numbers, condition="NOT (external_id = '')"))
    if not found:
        return {}
    # Other shops may have the same numbers.
    rows = access.visible(SYSTEM, Order).filter(pk__among=found)
    return {place: row for row in rows if (place := (row.channel, row.shop, row.external_id)) in places}


def _bring(fresh: dict[Identity, IncomingOrder], channel: str) -> dict[Identity, Order | str]:
    """The new orders, or why one could not be brought in."""
    if not fresh:
        return {}
    try:
        with transaction.atomic():
            done = dispatch_many("acquisition.receive_order", SYSTEM, list(fresh.values()), channel=channel)
            return {place: _order(found.subject) for place, found in zip(fresh, done, strict=True)}
    except _BAD as error:
        if len(fresh) == 1:
            return dict.fromkeys(fresh, _why(error))
    # One of them is bad: each for itself, so that it fails none of its neighbours.
    found: dict[Identity, Order | str] = {}
    for place, incoming in fresh.items():
        found |= _bring({place: incoming}, channel)
    return found


_BAD = (DataError, IntegrityError, StepRefused, Unreadable, ValueError)
"""What one message can be refused for; a database that has gone away is not among it."""


def _why(error: Exception) -> str:
    if isinstance(error, StepRefused):
        return str(error.sentence)
    log.error("an order could not be taken in", exc_info=error)
    return _("The order could not be stored (%(kind)s); ask your administrator to look into the log.") % {
        "kind": type(error).__name__
    }


def _order(subject: object) -> Order:
    if not isinstance(subject, Order):
        raise TypeError(f"{subject!r} is no order")
    return subject


class _Batch:
    """The messages that are taken in together: which orders were known before, which are new."""

    def __init__(
        self,
        channel: str,
        known: dict[Identity, Order],
        fresh: dict[Identity, IncomingOrder],
        brought: dict[Identity, Order | str],
        foreign: Foreign,
    ) -> None:
        self._channel = channel
        self._foreign = foreign
        self._barred = foreign(known.values()) if known else ()
        self._known = known
        self._fresh = fresh
        self._brought = brought
        self._early = early.cancelled([order for order in brought.values() if isinstance(order, Order)])

    def meaning(self, incoming: IncomingOrder) -> Taken:
        """What this message means after those before it."""
        place = identity_of(incoming)
        found = self._brought.get(place)
        if isinstance(found, str):
            return Taken(Outcome.REFUSED, reason=found)
        if found is not None and self._fresh.pop(place, None) is not None:
            self._known[place] = self._follow_at_once(found, incoming)
            return Taken(Outcome.CREATED, self._known[place])
        return self._follow(self._known[place], incoming)

    def _follow_at_once(self, order: Order, incoming: IncomingOrder) -> Order:
        """A new order that is cancelled already, or was before it came."""
        if incoming.status not in ("placed", "paid"):
            _follow_status(order, incoming, self._channel)
        elif order.pk in self._early:
            _take(order, "acquisition.cancel_order", self._early[order.pk], self._channel)
        else:
            return order
        return _reread(order)

    def _follow(self, order: Order, incoming: IncomingOrder) -> Taken:
        if order.pk in self._barred:
            outcome, _order = _foreseen(order, incoming)
            return Taken(outcome) if outcome is Outcome.UNCHANGED else Taken(Outcome.REFUSED, reason=str(OF_OTHERS))
        if is_late(order, incoming):
            return Taken(Outcome.UNCHANGED, order)
        if changes.step_for(order, incoming) is None and not _status_differs(order, incoming):
            remember(order, incoming)
            _forget_refusal(order, incoming)
            return Taken(Outcome.UNCHANGED, order)
        try:
            with transaction.atomic():
                outcome = self._followed(order, incoming)
        except _BAD as error:
            return Taken(Outcome.REFUSED, order, _why(error))
        self._known[identity_of(incoming)] = _reread(order)
        return Taken(outcome, order)

    def _followed(self, order: Order, incoming: IncomingOrder) -> Outcome:
        # Read again and locked: a person may have moved it since it was looked up.
        order = Order.for_change(order.pk)
        outcome = Outcome.UNCHANGED
        if self._foreign([order]):
            raise Refused(str(OF_OTHERS))
        if is_late(order, incoming):
            return outcome
        differs = _status_differs(order, incoming)
        remember(order, incoming)
        _forget_refusal(order, incoming)
        step = changes.step_for(order, incoming)
        if step is not None:
            dispatch(step, SYSTEM, incoming, subject=order, channel=self._channel)
            outcome = _OF_CONTENT.get(step, outcome)
        return _follow_status(order, incoming, self._channel) if differs else outcome


def _reread(order: Order) -> Order:
    return access.visible(SYSTEM, Order).get(pk=order.pk)


_OF_CONTENT = {changes.UPDATE: Outcome.CHANGED, changes.NOTE: Outcome.NOTED}

_FOLLOWING = {
    "cancelled": ("acquisition.cancel_order", "平台已取消", Outcome.CANCELLED),
    "cancel_requested": ("acquisition.request_cancel", "客户在平台申请取消", Outcome.CHANGED),
    "paid": ("acquisition.withdraw_cancel", "平台显示订单继续有效", Outcome.CHANGED),
}


def _status_differs(order: Order, incoming: IncomingOrder) -> bool:
    """Whether the platform's status asks for a step on the order; one that is over stays so."""
    if order.stage in ENDED or incoming.status == "placed":
        return False
    if incoming.status == "paid":
        return order.stage == OrderStage.CANCELLING
    if incoming.status == "cancelled":
        return True
    return order.stage != OrderStage.CANCELLING and not _was_refused(order, incoming)


def _was_refused(order: Order, incoming: IncomingOrder) -> bool:
    """Whether this is the cancellation that we refused: a platform goes on telling of it until it says otherwise."""
    is_newer = incoming.updated_at is not None and (order.source_at is None or incoming.updated_at > order.source_at)
    return order.cancel_refused and not is_newer


def _forget_refusal(order: Order, incoming: IncomingOrder) -> None:
    """The platform says that the order stands: who asks to cancel after that asks anew. No step, nothing else changes."""
    if order.cancel_refused and incoming.status == "paid":
        order.cancel_refused = False
        access.visible(SYSTEM, Order).filter(pk=order.pk).update(cancel_refused=False)


def _follow_status(order: Order, incoming: IncomingOrder, channel: str) -> Outcome:
    step, reason, outcome = _FOLLOWING[incoming.status]
    _take(order, step, reason, channel)
    return outcome


def _take(order: Order, step: str, reason: str, channel: str) -> None:
    dispatch(step, SYSTEM, {"reason": reason}, subject=order, channel=channel)


def numbers(taken: Iterable[Taken]) -> dict[str, int]:
    """How many of each outcome."""
    found: dict[str, int] = {}
    for one in taken:
        found[one.outcome] = found.get(one.outcome, 0) + 1
    return found
