"""The alarm when somebody looks at more personal data than is ordinary: each person told of once an hour (6.2.4)."""

from datetime import datetime, timedelta

from django.db.models import Count

from jiedan.kernel import rules
from jiedan.kernel.action import REGISTRY
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import Record
from jiedan.orders import access
from jiedan.people.actor import SYSTEM
from jiedan.people.models import Staff

HOUR = timedelta(hours=1)
CLAUSE = "6.2.4"
ALARM = "administration.report_revealing"


def steps() -> list[str]:
    """The steps that show personal data in full."""
    return [action.code for action in REGISTRY if action.quiet and action.by_people and action.clause == CLAUSE]


def raise_due(now: datetime) -> int:
    """Raise the alarm for each person who revealed more in the last hour than is ordinary; returns how many."""
    ordinary = int(rules.in_force(now).procedure.values["reveal_alarm_per_hour"])
    fresh = Record.objects.filter(action__in=steps(), entered_at__gt=now - HOUR).exclude(actor=None)
    counted = fresh.order_by().values_list("actor").annotate(count=Count("pk")).filter(count__gt=ordinary)
    told = Record.objects.filter(action=ALARM, entered_at__gt=now - HOUR).values_list("subject_id", flat=True)
    due = [(person, count) for person, count in counted if person not in set(told)]
    people = access.visible(SYSTEM, Staff).in_bulk([person for person, _count in due])
    for person, count in due:
        given = {"revealed_times": count, "ordinary": ordinary}
        dispatch(ALARM, SYSTEM, given, subject=people[person], channel="timer")
    return len(due)
