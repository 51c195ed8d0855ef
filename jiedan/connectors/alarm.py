"""The alarm when the quarantine grows: looked at every few minutes, told once an hour for each connection (2.1.2)."""

from datetime import datetime, timedelta

from django.db.models import Count

from jiedan.connectors.models import Account, Quarantined
from jiedan.core import clock
from jiedan.kernel import rules
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import Record
from jiedan.orders import access
from jiedan.people.actor import SYSTEM

HOUR = timedelta(hours=1)


def look() -> int:
    """The job that the worker runs: raise every alarm that is due; returns how many."""
    return raise_due(clock.now())


def raise_due(now: datetime) -> int:
    """Raise the alarm for each connection of which more was set aside in the last hour than is ordinary."""
    ordinary = int(rules.in_force(now).procedure.values["quarantine_alarm_per_hour"])
    fresh = access.visible(SYSTEM, Quarantined).filter(first_at__gt=now - HOUR).exclude(account=None)
    counted = fresh.values_list("account").annotate(count=Count("pk")).filter(count__gt=ordinary)
    raised = 0
    for account, count in counted:
        if not _told(account, now):
            subject = access.visible(SYSTEM, Account).get(pk=account)
            growth = {"set_aside": count, "ordinary": ordinary}
            dispatch("connectors.raise_alarm", SYSTEM, growth, subject=subject, channel="timer")
            raised += 1
    return raised


def _told(account: int, now: datetime) -> bool:
    rows = Record.objects.filter(subject_type="connection", subject_id=account, action="connectors.raise_alarm")
    return rows.filter(entered_at__gt=now - HOUR).exists()
