"""The mail that brings a link: what it is for, until when it counts, whom to ask; in the customer's language (2.3.1)."""

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from jiedan.core import clock
from jiedan.kernel import notices
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import Mail
from jiedan.orders import vault
from jiedan.people.actor import SYSTEM
from jiedan.people.models import Department, Staff
from jiedan.portal import links, mailboxes
from jiedan.portal.models import Sending
from jiedan.portal.purposes import PURPOSES
from jiedan.portal.sending import WRITER


def write(mail: Mail) -> EmailMessage:
    """The mail as it goes out now. Raises notices.Undeliverable: the link ended meanwhile, or the data were erased."""
    sent = _sending(mail)
    with translation.override(settings.LANGUAGE_CODE):
        to = _opened(sent, clock.now())
    with translation.override(sent.language):
        return _letter(sent, to)


def heard(mail: Mail) -> None:
    """Tell the people who sent it when a mail was given up: the customer waits for something that doesn't come."""
    if mail.sent_at is not None or mail.next_at is not None:
        return
    sent = _sending(mail)
    with translation.override(settings.LANGUAGE_CODE):
        facts = {"link": sent.link_id, "to": sent.to, "why": mail.error[:200], "sender": sent.by_id}
        dispatch("portal.note_undelivered", SYSTEM, facts, subject=sent.link.order, channel="job")


def register() -> None:
    """Called once, when the application is ready."""
    notices.WRITERS[WRITER] = notices.Writer(write, heard)


def _sending(mail: Mail) -> Sending:
    return Sending.objects.select_related("link__order__customer__key", "link__order__department", "by").get(mail=mail)


def _opened(sent: Sending, now: datetime) -> str:
    ended = links.ended(sent.link, now)
    if ended is not None:
        raise notices.Undeliverable(_("The link ended before the mail went out."))
    try:
        return mailboxes.opened(sent.link.order.customer, bytes(sent.sealed))
    except vault.Unreadable as gone:
        raise notices.Undeliverable(_("The customer's data were erased before the mail went out.")) from gone


def _letter(sent: Sending, to: str) -> EmailMessage:
    order, purpose = sent.link.order, PURPOSES[sent.link.purpose]
    words = {
        "company": " ".join(Department.objects.get(parent=None).name.split()),
        "title": str(purpose.title),
        "ref": order.ref,
        "asks": str(purpose.asks or purpose.title),
        "until": f"{localtime(sent.link.expires_at):%Y-%m-%d %H:%M}",
        "who": _whom_to_ask(sent.by, order.department.name),
    }
    parts = [
        _("Hello,"),
        _("this is about your order %(ref)s with %(company)s. %(asks)s"),
        links.address(sent.link),
        _("The link counts until %(until)s. Please don't pass it on: whoever opens it can act for you."),
        _("Questions? Ask %(who)s."),
        "%(company)s",
    ]
    headers = {"Auto-Submitted": "auto-generated", "Message-ID": f"<link-{sent.pk}@{links.host()}>"}
    return EmailMessage(
        _("%(company)s: %(title)s (order %(ref)s)") % words,
        "\n\n".join(part % words for part in parts),
        to=[to],
        reply_to=[sent.by.email] if sent.by and sent.by.email else None,
        headers=headers,
        connection=get_connection(),
    )


def _whom_to_ask(staff: Staff | None, department: str) -> str:
    if staff is None:
        return department
    if staff.email:
        return _("%(name)s (%(department)s), or answer this mail") % {"name": staff.name, "department": department}
    return _("%(name)s (%(department)s)") % {"name": staff.name, "department": department}
