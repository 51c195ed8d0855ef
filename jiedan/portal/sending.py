"""The ways in which a customer gets a link, each kept as a `Sending` (clause 2.3.1)."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _

from jiedan.kernel.dispatch import Context
from jiedan.kernel.errors import Invalid, Refused
from jiedan.kernel.models import Mail
from jiedan.orders.models import Order
from jiedan.portal import mailboxes
from jiedan.portal.models import Link, Sending

WRITER: Final = "link"
"""The name under which the mail queue knows who writes these mails (portal/letters.py)."""
APART: Final = timedelta(minutes=10)
"""Between two mails with the same link to the same address: pressing twice sends one, and nobody is flooded."""
AT_MOST: Final = 10
"""Mails with links of one order within a day."""

SHOPS: Final[list[Callable[[Order], bool]]] = []
"""Rooms above that tell shops' systems: whether they can for this order; they send after the step (kernel/reactions.py)."""

Send = Callable[[Link, str, "str | None", Context], Sending]


def by_mail(link: Link, address: str, language: str | None, ctx: Context) -> Sending:
    """Put the mail into the queue. Raises Invalid without an address, Refused when it was just sent."""
    _require_not_too_often(link, ctx)
    try:
        box = mailboxes.keep(link.order.customer, address, language, at=ctx.now, by=ctx.actor.staff_id)
    except LookupError as error:
        reason = _("No address of this customer is known yet; type the one that they gave.")
        raise Invalid({"email": [reason]}, _("Some fields need to be corrected.")) from error
    waiting = Sending.objects.filter(link=link, way=Sending.MAIL, to=box.masked, at__gt=ctx.now - APART)
    same = mailboxes.opened(link.order.customer, bytes(box.sealed))
    if any(row.sealed and mailboxes.opened(link.order.customer, bytes(row.sealed)) == same for row in waiting):
        raise Refused(
            _("This link went to %(to)s less than ten minutes ago; it isn't sent twice. See below what became of it.")
            % {"to": box.masked},
            "just_sent",
        )
    mail = Mail.objects.create(writer=WRITER, next_at=ctx.now)
    return _put(link, Sending.MAIL, ctx, language=box.language, to=box.masked, sealed=bytes(box.sealed), mail=mail)


def by_hand(way: str) -> Send:
    """Put down that the link was shown on our screen, or sent in a chat; nothing goes out from here."""

    def put(link: Link, address: str, _language: str | None, ctx: Context) -> Sending:
        _require_no_address(address)
        return _put(link, way, ctx)

    return put


def by_shop(link: Link, address: str, _language: str | None, ctx: Context) -> Sending:
    """Have the shop's own system pass the link on. Raises Refused when the order's shop has none that is told."""
    _require_no_address(address)
    if not any(can_tell(link.order) for can_tell in SHOPS):
        sentence = _(
            "The shop of %(ref)s has no address at which its system is told. Mail the link, or send it by hand."
        )
        raise Refused(sentence % {"ref": link.order.ref}, "no_shop")
    return _put(link, Sending.SHOP, ctx)


def _require_no_address(address: str) -> None:
    if address:
        reason = _("An address is only needed for sending by mail; leave it out.")
        raise Invalid({"email": [reason]}, _("Some fields need to be corrected."))


def _require_not_too_often(link: Link, ctx: Context) -> None:
    today = Sending.objects.filter(
        link__order=link.order_id, way=Sending.MAIL, at__gt=ctx.now - timedelta(days=1)
    ).count()
    if today >= AT_MOST:
        raise Refused(
            _("%(ref)s: %(count)d mails went to the customer within a day. Call them, or wait until tomorrow.")
            % {"ref": link.order.ref, "count": today},
            "too_many_mails",
        )


def _put(link: Link, way: str, ctx: Context, **more: object) -> Sending:
    return Sending.objects.create(link=link, way=way, at=ctx.now, by_id=ctx.actor.staff_id, **more)


SEND: Mapping[str, Send] = {
    Sending.MAIL: by_mail,
    Sending.SCREEN: by_hand(Sending.SCREEN),
    Sending.CHAT: by_hand(Sending.CHAT),
    Sending.SHOP: by_shop,
}
