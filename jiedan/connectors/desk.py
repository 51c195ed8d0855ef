"""Where pushed orders are handed in: whoever waits is committed together, and answered after their own commit (2.1.2).

Who read a request puts the checked order into the queue and is laid aside. One writer a process takes what is waiting,
writes messages and orders in one transaction, and wakes everybody in it. What dies in between was never
acknowledged, so whoever sent it sends it again; a message that came before is answered like the first time.
"""

import asyncio
import hashlib
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from queue import Empty, SimpleQueue

from django.db import InterfaceError, OperationalError, connection, transaction

from jiedan.acquisition import identity, intake
from jiedan.acquisition.incoming import IncomingOrder
from jiedan.acquisition.intake import Outcome, Taken
from jiedan.connectors import crew, quarantine
from jiedan.connectors.accounts import AccountFacts
from jiedan.connectors.models import Message
from jiedan.core import clock, courtesy
from jiedan.kernel import among, bulk
from jiedan.kernel.among import Look
from jiedan.orders import vault

log = logging.getLogger(__name__)

MOST = 200
"""Messages in one transaction, at most."""
WAITING = 2000
"""Messages in the queue, at most; beyond that the sender is told to come back."""
ENOUGH = 64
"""Messages for which a commit is no longer put off: meanwhile the next ones are read."""
LINGER = 0.05
"""Seconds that a commit is put off, at most, while more and more are coming; one alone is never put off."""
PAUSE = 0.003
"""Seconds between two looks at who is coming."""
PATIENCE = 30.0
"""Seconds that a sender waits for the commit."""
PURPOSE = "message"
Place = tuple[int, str]
"""Account and the message's number."""


class Busy(Exception):
    """Too many messages are waiting: come back in a moment (503 with Retry-After)."""


class NotStored(Exception):
    """The message could not be stored, or not in time; nothing was acknowledged: send it again (503)."""


class IdReused(Exception):
    """The message's number was used for another text before (409)."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A push that was verified and read."""

    account: AccountFacts
    kind: str
    raw: bytes
    order: IncomingOrder
    message_id: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 of the raw text."""
        return hashlib.sha256(self.raw).hexdigest()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a push, as it was committed."""

    outcome: Outcome
    order: int | None
    ref: str
    reason: str = ""
    repeated: bool = False
    stage: str = field(default="", compare=False)
    """Where the order stood after that commit."""


class _Ticket:
    """Somebody who waits at the door; not for ever."""

    __slots__ = ("_end", "delivery", "found", "loop")

    def __init__(self, delivery: Delivery) -> None:
        self.delivery = delivery
        self.loop = asyncio.get_running_loop()
        self.found: asyncio.Future[Receipt | Exception] = self.loop.create_future()
        self._end = self.loop.call_later(PATIENCE, self.answer, NotStored())

    def answer(self, result: Receipt | Exception) -> None:
        """Let them go on; called in the door's own thread."""
        self._end.cancel()
        if not self.found.done():
            self.found.set_result(result)


def hand_in(delivery: Delivery) -> Receipt:
    """Store a push and say what became of it, after its commit. Raises Busy, NotStored, IdReused."""
    if crew.is_at_the_door():
        result = _desk.wait_for(delivery)
    else:
        (result,) = _settled([delivery])
    if isinstance(result, Exception):
        raise result
    return result


class _Desk:
    """The queue of a process and its one writer."""

    def __init__(self) -> None:
        self._inbox: SimpleQueue[_Ticket | None] = SimpleQueue()
        self._writer: threading.Thread | None = None
        self._lock = threading.Lock()

    def wait_for(self, delivery: Delivery) -> Receipt | Exception:
        if self._inbox.qsize() >= WAITING:
            return Busy()
        ticket = _Ticket(delivery)
        self._inbox.put(ticket)
        if self._writer is None or not self._writer.is_alive():
            self._open()
        return crew.until(ticket.found)

    def _open(self) -> None:
        with self._lock:
            if self._writer is None or not self._writer.is_alive():
                self._writer = threading.Thread(target=self._write, name="desk", daemon=True)
                self._writer.start()

    def close(self) -> None:
        """Let the writer finish what waits and go."""
        if self._writer is not None:
            self._inbox.put(None)
            self._writer.join(PATIENCE)

    def _write(self) -> None:
        while tickets := list(self._waiting()):
            with bulk.standing_aside():
                results = _settled([ticket.delivery for ticket in tickets])
            # A door that is closed has nobody waiting any more.
            with suppress(RuntimeError):
                tickets[0].loop.call_soon_threadsafe(_answered, tickets, results)
        connection.close()

    def _waiting(self) -> Iterator[_Ticket]:
        """Whoever waits now, once somebody does, and who is just coming; nobody when the desk closes."""
        ticket = self._inbox.get()
        if ticket is None:
            return
        self._linger()
        for _each in range(MOST):
            yield ticket
            try:
                ticket = self._inbox.get_nowait()
            except Empty:
                return
            if ticket is None:
                break
        # One too many was taken out, or the word to close, which counts once these are done.
        self._inbox.put(ticket)

    def _linger(self) -> None:
        # A commit costs as much for one as for fifty, so while more and more are coming it is put off.
        until, before = time.monotonic() + LINGER, 0
        while before < (waiting := self._inbox.qsize()) < ENOUGH and time.monotonic() < until:
            before = waiting
            time.sleep(PAUSE)


def _answered(tickets: Sequence[_Ticket], results: Sequence[Receipt | Exception]) -> None:
    for ticket, result in zip(tickets, results, strict=True):
        ticket.answer(result)


_desk = _Desk()


def close() -> None:
    """Let this process's writer finish and close its connection; the next push opens the desk again."""
    _desk.close()


def _settled(deliveries: Sequence[Delivery]) -> Sequence[Receipt | Exception]:
    """What became of each, committed; a failure of all is an answer for each."""
    try:
        return _store(deliveries)
    except (OperationalError, InterfaceError) as error:
        # The database has gone away, is full or was waited for too long: that is nobody's fault.
        log.exception("%d pushes could not be stored", len(deliveries))
        if not connection.in_atomic_block:
            connection.close()
        return [NotStored(str(error))] * len(deliveries)
    except Exception:
        log.exception("%d pushes could not be stored", len(deliveries))
        if len(deliveries) == 1:
            return [NotStored()]
        # One of them is to blame: each for itself.
        return [result for delivery in deliveries for result in _settled([delivery])]


def _store(deliveries: Sequence[Delivery]) -> list[Receipt | Exception]:
    with transaction.atomic():
        identity.hold([*_names(deliveries), *intake.names_of(delivery.order for delivery in deliveries)])
        answers = _answered_before(deliveries)
        fresh: dict[Place, Delivery] = {}
        for place, delivery in zip(map(_place, deliveries), deliveries, strict=True):
            if place not in answers:
                fresh.setdefault(place, delivery)
        taken = intake.take_in_many([delivery.order for delivery in fresh.values()], "push", held=True)
        results = dict(zip(fresh, taken, strict=True))
        _keep([(delivery, results[place]) for place, delivery in fresh.items()])
        return [_answer(delivery, answers, fresh, results) for delivery in deliveries]


def _place(delivery: Delivery) -> Place:
    """What a message is recognised by: its number or, without one, itself."""
    return delivery.account.id, delivery.message_id or f"\x00{id(delivery)}"


def _names(deliveries: Sequence[Delivery]) -> Iterator[tuple[str, ...]]:
    for delivery in deliveries:
        if delivery.message_id:
            yield "message", str(delivery.account.id), delivery.message_id


def _answered_before(deliveries: Sequence[Delivery]) -> dict[Place, Message]:
    numbered = {_place(delivery) for delivery in deliveries if delivery.message_id}
    if not numbered:
        return {}
    accounts, numbers = {place[0] for place in numbered}, {place[1] for place in numbered}
    (keys,) = among.keys(Look(Message, "message_id", numbers, {"account_id": accounts}, "NOT (message_id = '')"))
    if not keys:
        return {}
    rows = Message.objects.filter(pk__in=keys).select_related("order")
    found: dict[Place, Message] = {(row.account_id, row.message_id): row for row in rows}
    return {place: found[place] for place in numbered if place in found}


def _answer(
    delivery: Delivery,
    answers: dict[Place, Message],
    fresh: dict[Place, Delivery],
    results: dict[Place, Taken],
) -> Receipt | Exception:
    place = _place(delivery)
    before = answers.get(place)
    if before is not None:
        if before.digest != delivery.digest:
            return IdReused()
        ref, stage = ("", "") if before.order is None else (before.order.ref, before.order.stage)
        return Receipt(Outcome(before.outcome), before.order_id, ref, before.reason, repeated=True, stage=stage)
    first, taken = fresh[place], results[place]
    if first is not delivery and first.digest != delivery.digest:
        return IdReused()
    order, stage = (None, "") if taken.order is None else (taken.order.pk, taken.order.stage)
    return Receipt(taken.outcome, order, taken.ref, taken.reason, repeated=first is not delivery, stage=stage)


def _keep(taken: Sequence[tuple[Delivery, Taken]]) -> None:
    """Write the messages down, and set aside what was refused."""
    now = clock.now()
    bulk.insert_values(Message, [_message(delivery, result, now) for delivery, result in courtesy.each(taken)])
    quarantine.settle_all([_good(d, t) for d, t in taken if t.outcome is not Outcome.REFUSED])
    for delivery, result in taken:
        if result.outcome is Outcome.REFUSED:
            quarantine.set_aside(
                account_id=delivery.account.id, channel=delivery.account.platform, kind=delivery.kind,
                raw=delivery.raw, cause="refused", reason=(result.reason, result.reason),
                external_id=delivery.order.external_id,
            )  # fmt: skip


def _good(delivery: Delivery, taken: Taken) -> quarantine.Good:
    order, is_new = delivery.order, taken.outcome is not Outcome.UNCHANGED
    return quarantine.Good(delivery.account.id, order.external_id, order.status, order.updated_at, is_new, now=False)


def _message(delivery: Delivery, taken: Taken, now: datetime) -> bulk.Values:
    order, key, sealed = taken.order, None, None
    if order is not None and taken.outcome is not Outcome.UNCHANGED:
        # The same again says nothing new; everything else is kept as it came.
        key = order.customer.key
        raw = delivery.raw.decode("utf-8", "backslashreplace")
        sealed = vault.seal(key.opened(), {"raw": raw}, PURPOSE)
    return {
        "account_id": delivery.account.id, "message_id": delivery.message_id, "kind": delivery.kind,
        "digest": delivery.digest, "received_at": now, "outcome": taken.outcome.value, "reason": taken.reason,
        "order_id": order and order.pk, "key_id": key and key.pk, "sealed": sealed,
    }  # fmt: skip
