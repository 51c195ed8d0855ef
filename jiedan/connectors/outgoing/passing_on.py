"""Customers' links that a shop's own system passes on: the event `order.link` (clause 2.3.1, docs/webhooks.md).

Whoever has a link's address acts as the customer, so it doesn't lie in the queue: it is put in when the event is sent.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from jiedan.connectors.models import Account
from jiedan.connectors.outgoing.models import Outgoing
from jiedan.core.lifecycle import ConnectionStage
from jiedan.orders import access
from jiedan.orders.models import Order
from jiedan.people.actor import SYSTEM
from jiedan.portal import link_page, links, sending
from jiedan.portal.models import Link, Sending

EVENT: Final = "order.link"


class LinkOver(Exception):
    """The link leads nowhere any more; telling of it would help nobody."""


def shop_of(order: Order) -> Account | None:
    """The connection whose address is told of this order, if it has one."""
    accounts = access.visible(SYSTEM, Account).filter(platform=order.channel, shop=order.shop)
    return accounts.exclude(address="").exclude(stage=ConnectionStage.CLOSED).first()


def can_tell(order: Order) -> bool:
    """Whether the order's shop has a system of its own that is told."""
    return bool(order.external_id) and order.channel == "webhook" and shop_of(order) is not None


def key(sent: int) -> str:
    """The event's key in the queue: one for each sending."""
    return f"{EVENT}:{sent}"


def about(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What lies in the queue: everything but the address."""
    link = Link.objects.get(pk=facts["link"])
    return {"purpose": link.purpose, "expires_at": link.expires_at.isoformat(), "link": link.pk}


def with_address(payload: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The event as it goes out. Raises LinkOver."""
    data = dict(payload["data"])
    link = links.with_order(data.pop("link"))
    address = "" if links.ended(link, now) else links.address(link)
    if not address:
        raise LinkOver
    return {**payload, "data": data | {"url": address}}


def states(rows: Sequence[Sending]) -> dict[int, link_page.State]:
    """What became of the events of these sendings."""
    keys = {key(row.pk): row.pk for row in rows if row.way == Sending.SHOP}
    found = Outgoing.objects.filter(dedupe_key__in=keys) if keys else ()
    return {keys[row.dedupe_key]: _state(row) for row in found}


def register() -> None:
    """Called once, when the application is ready."""
    sending.SHOPS.append(can_tell)
    link_page.SHOP_STATES.append(states)


def _state(row: Outgoing) -> link_page.State:
    if row.state == Outgoing.SENT and row.sent_at is not None:
        return _("The shop's system took it at %(at)s") % {"at": f"{localtime(row.sent_at):%Y-%m-%d %H:%M}"}, "ok"
    why = row.last_status or row.last_error
    if row.state == Outgoing.GIVEN_UP:
        return _("Not passed on: %(why)s") % {"why": why}, "bad"
    if not row.attempts:
        return _("Waits to be sent"), "info"
    return _("Not taken yet after %(times)d attempts (%(why)s); it is tried again") % {
        "times": row.attempts,
        "why": why,
    }, "warn"
