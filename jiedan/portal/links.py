"""Links for customers: issued, found by their token, and why one leads nowhere any more (clause 2.3.1).

A token is 256 random bits. Nothing can be computed from another link, an altered one fits none, and each can be taken
back at once, which a signed address without a row couldn't be.
"""

import hashlib
import re
import secrets
from datetime import datetime, timedelta
from decimal import Decimal
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from jiedan.core.lifecycle import ENDED
from jiedan.core.roles import Role
from jiedan.kernel.action import REGISTRY
from jiedan.kernel.rules import Rules
from jiedan.orders import vault
from jiedan.orders.models import Order
from jiedan.people.actor import Actor, Grant
from jiedan.portal.models import PURPOSE, Link, Visit

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
CUSTOMER = "customer"
"""What stands in the ledger as the number of whoever acts through a link."""


def lifetime(rules: Rules) -> timedelta:
    """How long a link leads somewhere, by the company's values."""
    days = rules.procedure.amount("portal_days")
    if not isinstance(days, Decimal):
        raise TypeError("portal_days has to be days")
    return timedelta(days=int(days))


def issue(order: Order, purpose: str, about: str, *, at: datetime, by: int | None, until: datetime) -> Link:
    """A new link; earlier ones of the order for the same purpose are revoked. To be called in a step's body."""
    revoke(order, purpose, _("A newer link took its place."), at)
    token = secrets.token_urlsafe(32)
    return Link.objects.create(
        order=order,
        purpose=purpose,
        about=about,
        token_sha256=_fingerprint(token),
        sealed=vault.seal_bytes(order.customer.key.opened(), token.encode(), PURPOSE),
        issued_at=at,
        issued_by_id=by,
        expires_at=until,
    )


def revoke(order: Order, purpose: str, because: str, at: datetime) -> int:
    """Let the order's links for this purpose lead nowhere; how many there were."""
    living = Link.objects.filter(order=order, purpose=purpose, revoked_at=None)
    return living.update(revoked_at=at, revoked_because=because[:200])


def address(link: Link) -> str:
    """The full address, to be sent to the customer; "" when the customer's data were erased."""
    try:
        return f"{settings.PORTAL_URL}/p/{link.token}/"
    except vault.Unreadable:
        return ""


def host() -> str:
    """The host that customers know us by."""
    return urlsplit(settings.PORTAL_URL).hostname or "localhost"


def may_send(order: Order, actor: Actor) -> bool:
    """Whether the person may send the customer their links, and so may see where they lead: whoever opens one acts as
    the customer, so mere readers of the order don't see it (clause 6.2.4).
    """
    return REGISTRY["portal.renew_link"].grant(actor, order.department_id) is not None


def found(token: str) -> Link | None:
    """The link of this token, whatever became of it."""
    if not _TOKEN.fullmatch(token):
        return None
    rows = Link.objects.select_related("order__customer__key", "order__department", "order__accepted_by")
    return rows.filter(token_sha256=_fingerprint(token)).first()


def with_order(pk: int) -> Link:
    """The link of this key, with what its address and its end are worked out from."""
    return Link.objects.select_related("order__customer__key").get(pk=pk)


def ended(link: Link, now: datetime) -> str | None:
    """Why the link leads nowhere any more, and what to do; None while it does."""
    if link.revoked_at is not None:
        return _("This link was taken back on %(day)s. Use the newest one that we sent you, or ask us for one.") % {
            "day": f"{localtime(link.revoked_at):%Y-%m-%d %H:%M}"
        }
    if now >= link.expires_at:
        return _("This link ended on %(day)s. Ask us for a new one; nothing is lost.") % {
            "day": f"{localtime(link.expires_at):%Y-%m-%d %H:%M}"
        }
    if link.order.stage in ENDED:
        return _("Order %(ref)s is over. If you think otherwise, call us.") % {"ref": link.order.ref}
    return None


def customer(order: Order) -> Actor:
    """Whoever holds a link of this order, acting: for its department and nothing else."""
    grant = Grant(Role.CUSTOMER, frozenset({order.department_id}), company=False)
    return Actor(None, CUSTOMER, order.customer.name_masked, None, (grant,))


def put_down(link: Link, what: str, at: datetime, address: str, device: str, detail: str = "") -> Visit:
    """Keep what somebody did behind the link, or tried."""
    return Visit.objects.create(
        link=link, what=what, at=at, address=address[:45], device=device[:200], detail=detail[:300]
    )


def _fingerprint(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
