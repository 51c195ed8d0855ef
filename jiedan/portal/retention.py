"""What is known of mere visits is thrown away after a while; what customers did there stays (clause 6.2.4).

A visit holds a network address and a device. Those of a step are part of its proof and are kept with it; the signature
of a contract has its own, sealed. Looking, trying and downloading are only of use while somebody may still ask.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from jiedan.core import clock
from jiedan.kernel import rules
from jiedan.portal.models import Visit

AT_ONCE: Final = 2000
"""Rows a statement: nobody waits long for a lock."""


def sweep(now: datetime | None = None) -> int:
    """Throw away visits that are older than the company's value says; returns how many. Carried out by the worker."""
    now = now or clock.now()
    passing = Visit.objects.exclude(what=Visit.ACTED).filter(at__lt=now - kept(now)).order_by("at")
    gone = 0
    while keys := list(passing.values_list("pk", flat=True)[:AT_ONCE]):
        gone += Visit.objects.filter(pk__in=keys).delete()[0]
    return gone


def kept(now: datetime) -> timedelta:
    """How long visits are kept, by the values in force."""
    days = rules.in_force(now).procedure.amount("visit_days")
    if not isinstance(days, Decimal):
        raise TypeError("visit_days has to be days")
    return timedelta(days=int(days))
