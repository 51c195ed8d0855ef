"""One link as staff see it: its picture to be scanned, how it was sent and what became of that, every visit (2.3.1, 6.2.1)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import segno
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from jiedan.kernel.action import REGISTRY
from jiedan.kernel.models import Mail
from jiedan.orders.models import Order
from jiedan.people.actor import Actor
from jiedan.portal import links, mailboxes, sending
from jiedan.portal.models import Link, Sending, Visit
from jiedan.portal.purposes import PURPOSES

VISITS: Final = 50
"""Visits a page."""
SENT: Final = 50
"""The newest sendings that are shown."""
SEND: Final = "portal.send_link"

State = tuple[str, str]
"""What became of a sending in words, and the tone of its badge."""
SHOP_STATES: Final[list[Callable[[Sequence[Sending]], Mapping[int, State]]]] = []
"""Rooms above that tell shops' systems say here what became of that, by the sending's key."""


@dataclass(frozen=True, slots=True)
class SendingRow:
    """A link was given to the customer."""

    at: datetime
    way: str
    by: str
    to: str
    state: str
    tone: str


@dataclass(frozen=True, slots=True)
class VisitLine:
    """Somebody used the link."""

    at: datetime
    what: str
    tone: str
    detail: str
    address: str
    device: str


@dataclass(frozen=True, slots=True)
class LinkPage:
    """What the page of a link shows; `address` and `picture` are empty for whoever may not send it."""

    link: Link
    title: str
    ended: str
    address: str
    picture: str
    known: str
    language: str
    by_shop: bool
    sendings: Sequence[SendingRow]
    visits: Sequence[VisitLine]
    older: int | None


def shown(order: Order, pk: int, actor: Actor, now: datetime, before: int | None) -> LinkPage | None:
    """The order's link of this key, its visits from BEFORE on (a visit's key); None when it has no such link."""
    link = Link.objects.select_related("order__customer__key", "issued_by").filter(order=order, pk=pk).first()
    if link is None:
        return None
    purpose, ended = PURPOSES.get(link.purpose), links.ended(link, now) or ""
    sendable = not ended and order.stage in REGISTRY[SEND].when
    address = links.address(link) if sendable and links.may_send(order, actor) else ""
    box = mailboxes.of(order.customer) if address else None
    visits = _visits(link, before)
    return LinkPage(
        link=link,
        title=str(purpose.title) if purpose else link.purpose,
        ended=link.revoked_because or ended,
        address=address,
        picture=picture(address) if address else "",
        known=box.masked if box else "",
        language=box.language if box else "",
        by_shop=bool(address) and any(can_tell(order) for can_tell in sending.SHOPS),
        sendings=sending_rows(link),
        visits=[_line(visit) for visit in visits[:VISITS]],
        older=visits[VISITS - 1].pk if len(visits) > VISITS else None,
    )


def picture(address: str) -> str:
    """The address as a QR code: an SVG in a data: address, dark on white whatever the page's theme."""
    return segno.make(address, error="m", micro=False).svg_data_uri(border=4, dark="#000", light="#fff", scale=6)


def sending_rows(link: Link) -> list[SendingRow]:
    """How the link was given to the customer, the newest first."""
    rows = list(link.sendings.select_related("mail", "by").order_by("-pk")[:SENT])
    told = {key: state for states in SHOP_STATES for key, state in states(rows).items()}
    return [_sent(row, told.get(row.pk)) for row in rows]


def way_title(way: str) -> str:
    """A way of giving somebody a link, in the reader's language."""
    words = {
        Sending.MAIL: _("By mail"),
        Sending.SCREEN: _("Scanned from our screen"),
        Sending.CHAT: _("Copied into a chat or message"),
        Sending.SHOP: _("Through the shop's system"),
    }
    return words.get(way, way)


def _sent(row: Sending, told: State | None) -> SendingRow:
    state, tone = mail_state(row.mail) if row.mail else told or ("", "")
    return SendingRow(row.at, way_title(row.way), row.by.name if row.by else "", row.to, state, tone)


def mail_state(mail: Mail) -> State:
    """What became of a mail."""
    if mail.sent_at is not None:
        return _("The mail server took it at %(at)s") % {"at": _time(mail.sent_at)}, "ok"
    words = {"times": mail.attempts, "why": mail.error}
    if mail.next_at is None:
        return _("Not delivered: %(why)s") % words, "bad"
    if not mail.attempts:
        return _("Waits to be sent"), "info"
    return _("Not taken yet after %(times)d attempts (%(why)s); tried again at %(at)s") % {
        **words,
        "at": _time(mail.next_at),
    }, "warn"


def _visits(link: Link, before: int | None) -> list[Visit]:
    rows = Visit.objects.filter(link=link)
    return list((rows if before is None else rows.filter(pk__lt=before)).order_by("-pk")[: VISITS + 1])


def _line(visit: Visit) -> VisitLine:
    words = {
        Visit.LOOKED: (_("Looked"), ""),
        Visit.ACTED: (_("Done"), "ok"),
        Visit.REFUSED: (_("Tried"), "warn"),
        Visit.FETCHED: (_("Downloaded"), "info"),
    }
    what, tone = words[visit.what]
    detail = str(REGISTRY[visit.detail].title) if visit.detail in REGISTRY else visit.detail
    return VisitLine(visit.at, what, tone, detail, visit.address, visit.device)


def _time(moment: datetime) -> str:
    return f"{localtime(moment):%Y-%m-%d %H:%M}"
