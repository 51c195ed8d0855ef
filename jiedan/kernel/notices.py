"""Carrying reactions out: notices in the application, e-mails beside them, each person told once (clause 2.1.2)."""

import json
import logging
import smtplib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from jiedan.kernel.audience import Audience
from jiedan.kernel.models import Mail, Notice, Outbox, Record
from jiedan.kernel.reactions import BY_NAME, RUN_BY_NAME, pause_after
from jiedan.kernel.wording import notice_text

M = TypeVar("M", bound=Model)

log = logging.getLogger(__name__)

GIVE_UP_AFTER = 20
"""Attempts at an e-mail, over about a day; it is then marked and stays visible to the administrator."""


class Undeliverable(ValueError):
    """A mail that mustn't or can't go out, now or later; the text says why, without anybody's address."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes the mails of a room above to people outside, and hears what became of each.

    `write` gives the mail as it goes out now, or raises Undeliverable; `heard` is called after each attempt.
    """

    write: Callable[[Mail], EmailMessage]
    heard: Callable[[Mail], None]


WRITERS: dict[str, Writer] = {}
"""By name; rooms above add theirs when they are ready."""


def carry_out(now: datetime, limit: int = 2000) -> int:
    """Turn what waits in the outbox into notices and e-mails to be sent; returns how many reactions were done."""
    with transaction.atomic():
        waiting = list(_unclaimed(Outbox.objects.filter(next_at__lte=now).order_by("next_at", "pk"))[:limit])
        if not waiting:
            return 0
        records = Record.objects.in_bulk([row.record_id for row in waiting])
        found = [(row, records[row.record_id]) for row in waiting]
        runs = [pair for pair in found if _key(*pair) in RUN_BY_NAME]
        _tell([pair for pair in found if _key(*pair) not in RUN_BY_NAME], now)
        later = {row.pk for row, record in runs if not _ran(row, record, now)}
        Outbox.objects.filter(pk__in=[row.pk for row in waiting if row.pk not in later]).delete()
    return len(waiting) - len(later)


def _key(row: Outbox, record: Record) -> tuple[str, str]:
    return record.action, row.reaction


def _ran(row: Outbox, record: Record, now: datetime) -> bool:
    """Call what has to be called after this record; one that fails waits longer each time and holds up no other."""
    try:
        with transaction.atomic():
            import_string(RUN_BY_NAME[_key(row, record)].function)(record, now)
    except Exception as error:
        row.attempts += 1
        row.error, row.next_at = type(error).__name__, now + pause_after(row.attempts)
        row.save(update_fields=["attempts", "error", "next_at"])
        log.exception("reaction %s of record %s failed (attempt %d)", row.reaction, record.pk, row.attempts)
        return False
    return True


def _tell(waiting: Sequence[tuple[Outbox, Record]], now: datetime) -> None:
    audience = Audience(now)
    notices: list[Notice] = []
    by_mail: set[tuple[str, int]] = set()
    for row, record in waiting:
        reaction = BY_NAME.get(_key(row, record))
        if reaction is None:
            log.warning("reaction %s of %s no longer exists; record %s", row.reaction, record.action, record.pk)
            continue
        named = json.loads(record.body)["facts"].get(reaction.named, ()) if reaction.named else ()
        for staff in audience.of(reaction, record.department_id, record.actor_id, named):
            notices.append(_notice(staff, record, row.reaction, now))
        if reaction.mail:
            by_mail.add((row.reaction, record.pk))
    Notice.objects.bulk_create(notices, ignore_conflicts=True, batch_size=500)
    _queue_mail(by_mail, now)


def _notice(staff: int, record: Record, reaction: str, now: datetime) -> Notice:
    return Notice(
        staff_id=staff,
        record=record,
        reaction=reaction,
        subject_type=record.subject_type,
        subject_id=record.subject_id,
        created_at=now,
    )


def _queue_mail(by_mail: set[tuple[str, int]], now: datetime) -> None:
    if not by_mail:
        return
    fresh = Notice.objects.filter(record__in={record for _name, record in by_mail}, mail=None).exclude(staff__email="")
    rows = [Mail(notice=notice, next_at=now) for notice in fresh if (notice.reaction, notice.record_id) in by_mail]
    Mail.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def send_mail(now: datetime, limit: int = 50) -> int:
    """Send the e-mails that are due; one that fails waits longer each time. Returns how many were sent."""
    with transaction.atomic():
        due = list(_unclaimed(Mail.objects.filter(next_at__lte=now).order_by("next_at"))[:limit])
        # Claimed for a while, so that a worker killed while sending leaves them to the next one.
        Mail.objects.filter(pk__in=[mail.pk for mail in due]).update(next_at=now + timedelta(minutes=5))
    if not due:
        return 0
    mails = Mail.objects.filter(pk__in=[mail.pk for mail in due]).select_related("notice__staff", "notice__record")
    return sum(_send(mail, now) for mail in mails)


def _send(mail: Mail, now: datetime) -> bool:
    mail.attempts += 1
    try:
        _written(mail).send()
    except Exception as error:
        # Whatever is wrong with one mail (server, address, text) mustn't keep the others waiting.
        outside = mail.notice is None
        mail.error = (_told(error) if outside else f"{type(error).__name__}: {error}")[:500]
        over = mail.attempts >= GIVE_UP_AFTER or (outside and _for_good(error))
        mail.next_at = None if over else now + pause_after(mail.attempts)
        log.warning("mail %s was not sent (attempt %d): %s", mail.pk, mail.attempts, type(error).__name__)
    else:
        mail.sent_at, mail.next_at, mail.error = now, None, ""
    mail.save()
    _say_what_became_of(mail)
    return mail.sent_at is not None


def _written(mail: Mail) -> EmailMessage:
    return WRITERS[mail.writer].write(mail) if mail.notice is None else _message(mail.notice)


def _say_what_became_of(mail: Mail) -> None:
    if mail.writer not in WRITERS:
        return
    try:
        WRITERS[mail.writer].heard(mail)
    except Exception:
        log.exception("what became of mail %s could not be told on", mail.pk)


def _told(error: Exception) -> str:
    """The kind of failure and the server's number: its words repeat the address, which is a customer's (6.2.4)."""
    if isinstance(error, Undeliverable):
        return str(error)
    return " ".join([type(error).__name__, *(str(code) for code in sorted(_codes(error)))])


def _for_good(error: Exception) -> bool:
    """Whether the server refuses this address for good; trying again would only keep that from being seen."""
    codes = _codes(error)
    refused = isinstance(error, smtplib.SMTPRecipientsRefused) and bool(codes) and min(codes) >= 500
    return refused or isinstance(error, Undeliverable)


def _codes(error: Exception) -> set[int]:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return {code for code, _said in error.recipients.values()}
    return {error.smtp_code} if isinstance(error, smtplib.SMTPResponseException) else set()


def _message(notice: Notice) -> EmailMessage:
    with translation.override(settings.LANGUAGE_CODE):
        text = notice_text(notice.reaction, json.loads(notice.record.body))
        body = "\n\n".join([text.sentence, settings.BASE_URL + text.path, _("Jiedan")])
        # EmailMessage refuses line breaks in headers; the title is one line by construction.
        return EmailMessage(text.title, body, to=[notice.staff.email], connection=get_connection())


def _unclaimed(rows: QuerySet[M]) -> QuerySet[M]:
    if connection.features.has_select_for_update_skip_locked:
        return rows.select_for_update(skip_locked=True)
    return rows
