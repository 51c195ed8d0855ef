"""Alarms about the quarantine and about revealing: looked at every few minutes, each told once an hour (2.1.2, 6.2.4)."""

from datetime import datetime, timedelta

from django.db.models import Case, F, QuerySet, Sum, When

from jiedan.administration import revealing
from jiedan.connectors.causes import UNVERIFIED
from jiedan.connectors.models import Account, Quarantined
from jiedan.core import clock
from jiedan.core.lifecycle import ConnectionStage
from jiedan.kernel import rules
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import Record
from jiedan.orders import access
from jiedan.people.actor import SYSTEM

HOUR = timedelta(hours=1)
GROWTH = Sum(Case(When(cause__in=UNVERIFIED, then=F("times")), default=1))
"""A message that is sent again counts once, unless nobody knows who sends: of a flood of those only some are kept."""


def look() -> int:
    """The job that the worker runs: raise every alarm that is due; returns how many."""
    now = clock.now()
    return raise_due(now) + raise_strangers(now) + revealing.raise_due(now)


def raise_due(now: datetime) -> int:
    """Raise the alarm for each connection of which more was set aside in the last hour than is ordinary."""
    ordinary = _ordinary(now)
    counted = _fresh(now).exclude(account=None).values_list("account").annotate(count=GROWTH)
    counted = counted.filter(count__gt=ordinary)
    due = [(account, count) for account, count in counted if not _told("connectors.raise_alarm", now, account)]
    open_ones = access.visible(SYSTEM, Account).exclude(stage=ConnectionStage.CLOSED).in_bulk([key for key, _n in due])
    for account, count in due:
        if account in open_ones:
            growth = {"set_aside": count, "ordinary": ordinary}
            dispatch("connectors.raise_alarm", SYSTEM, growth, subject=open_ones[account], channel="timer")
    return len(open_ones)


def raise_strangers(now: datetime) -> int:
    """Raise the alarm when more came in the last hour for connections that don't exist than is ordinary; 0 or 1.

    Whoever sends there may have been given a wrong address, and their orders don't arrive.
    """
    ordinary = _ordinary(now)
    fresh = _fresh(now).filter(account=None)
    count = fresh.aggregate(count=GROWTH)["count"] or 0
    newest = fresh.filter(stage="waiting").order_by("-pk").first()
    if newest is None or count <= ordinary or _told("connectors.report_strangers", now):
        return 0
    growth = {"set_aside": count, "ordinary": ordinary}
    dispatch("connectors.report_strangers", SYSTEM, growth, subject=newest, channel="timer")
    return 1


def _fresh(now: datetime) -> QuerySet[Quarantined]:
    return access.visible(SYSTEM, Quarantined).filter(first_at__gt=now - HOUR)


def _ordinary(now: datetime) -> int:
    return int(rules.in_force(now).procedure.values["quarantine_alarm_per_hour"])


def _told(step: str, now: datetime, subject: int | None = None) -> bool:
    rows = Record.objects.filter(action=step, entered_at__gt=now - HOUR)
    return (rows if subject is None else rows.filter(subject_id=subject)).exists()
