"""The platform's side of a day, asked from Kaola itself: status by status, the last page first, as the pull does."""

import logging
from collections.abc import Iterator
from datetime import date
from typing import Any

from jiedan.acquisition.incoming import IncomingOrder
from jiedan.acquisition.queries import root_department, routed
from jiedan.connectors.fields import UnreadableMessage
from jiedan.connectors.kaola import protocol
from jiedan.connectors.kaola.client import KaolaClient, KaolaRefused
from jiedan.connectors.kaola.parse import parse_order
from jiedan.connectors.kaola.reading import read_window
from jiedan.connectors.kaola.windows import SHARED, Window, halves
from jiedan.connectors.models import Account
from jiedan.connectors.reconciliation import ours
from jiedan.connectors.reconciliation.comparing import Day, Ours, Theirs, bounds
from jiedan.core import clock

log = logging.getLogger(__name__)

STATUSES = (protocol.PAID, protocol.SHIPPED, protocol.SIGNED, protocol.CANCEL_ASKED, protocol.CANCELLED)
"""In the order in which an order passes them: one that moves on while we read is met later."""
LOOKED_UP = 200
"""Orders of ours that are asked for one by one because no search showed them; beyond that they count as not there."""
NOT_THERE = "order_not_exist"


def read_day(account: Account, day: date, client: KaolaClient) -> Day:
    """Both sides of a day. Raises KaolaError; nothing is known then."""
    found = _searched(day, client)
    counted = ours.paid_on(account, day)
    known = counted | ours.numbered(account, set(found) - set(counted))
    counted_there = frozenset(found)
    for number in sorted(set(counted) - set(found))[:LOOKED_UP]:
        raw = _looked_up(client, number)
        if raw is not None:
            found[number] = raw
    theirs = {number: _theirs(raw, number, account.shop, known.get(number)) for number, raw in found.items()}
    return Day("platform", theirs, known, counted_there, frozenset(counted))


def _searched(day: date, client: KaolaClient) -> dict[str, dict[str, Any]]:
    start, end = bounds(day)
    first, last = protocol.stamp(start), protocol.stamp(end)
    found: dict[str, Any] = {}
    for status in STATUSES:
        for window in _windows((start, end)):
            for raw in _orders(client, status, window):
                # Both ends of a period may count, so that the neighbours' first second is left out here.
                if isinstance(raw, dict) and first <= str(raw.get("pay_success_time") or "") < last:
                    found[str(raw.get("order_id") or "").strip()] = raw
    found.pop("", None)
    return found


def _windows(span: Window) -> tuple[Window, ...]:
    """A whole day and the second before it, in halves: a period may be 24 hours at most."""
    start, end = span
    parts = halves(span)
    if parts is None:
        return (span,)
    return (start - SHARED, parts[0][1]), (parts[1][0], end)


def _orders(client: KaolaClient, status: int, window: Window) -> Iterator[Any]:
    def search(part: Window, page: int, size: int) -> tuple[int, list[Any]]:
        return client.search_orders(status, protocol.BY_PAYMENT, *part, page, size)

    for rows in read_window(search, window, "order_id"):
        yield from rows


def _looked_up(client: KaolaClient, number: str) -> dict[str, Any] | None:
    try:
        return client.get_order(number)
    except KaolaRefused as error:
        if any(NOT_THERE in code for code, _message in error.details):
            return None
        raise


def _theirs(raw: dict[str, Any], number: str, shop: str, known: Ours | None) -> Theirs:
    try:
        incoming = parse_order(raw, shop)
    except UnreadableMessage:
        # The pull has set it aside with its reasons; here it counts as there.
        return Theirs(number, None, "unreadable", known.department if known else root_department().pk)
    department = known.department if known else _department(incoming)
    return Theirs(number, incoming.total, incoming.status, department, incoming.content_hash())


def _department(incoming: IncomingOrder) -> int:
    found = routed(incoming, clock.now()).department
    return root_department().pk if found is None else found
