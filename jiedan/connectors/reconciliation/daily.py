"""When which day is compared: every day at the company's hour for the day before, and again until a day is consistent.

The worker asks every few minutes. A comparison that fails, or whose process is killed, is made again with the next
round; what it found is written in one transaction, so nothing is kept by halves or twice.
"""

import logging
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Case, Exists, F, Q, When
from django.utils.translation import gettext as _

from jiedan.connectors.accounts import kaola_client
from jiedan.connectors.china_time import CHINA
from jiedan.connectors.kaola.client import KaolaError
from jiedan.connectors.models import Account
from jiedan.connectors.reconciliation import keeping, mending, platform, pushed
from jiedan.connectors.reconciliation.comparing import Day, bounds
from jiedan.connectors.reconciliation.models import Difference, Reconciliation, Run, Statement
from jiedan.core import clock
from jiedan.core.lifecycle import ConnectionStage
from jiedan.kernel import rules
from jiedan.kernel.models import Record
from jiedan.orders import access
from jiedan.people.actor import SYSTEM

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=10)
BACK = 7
"""Days that are compared again as long as something is open."""
CLAIM = timedelta(minutes=30)
"""For how long a comparison is left to the process that began it."""


def round_of_days() -> int:
    """Compare what is due, and mend what was asked for and not done: the worker's job. Returns how many days."""
    now = clock.now()
    accounts = access.visible(SYSTEM, Account).filter(stage=ConnectionStage.CONNECTED).select_related("key")
    done = sum(compare(account, day, due_at) for account in accounts for day, due_at in due(account, now))
    asked = Difference.objects.filter(state=Difference.MENDING).values_list("reconciliation", flat=True).distinct()
    for key in list(asked):
        mending.carry_out(key)
    return done


def due(account: Account, now: datetime) -> Iterator[tuple[date, datetime]]:
    """The days of a shop that have to be compared now, the newest first, each with the moment that it is due for."""
    moment = last_moment(now)
    newest = moment.astimezone(CHINA).date() - timedelta(days=1)
    first = _first_day(account)
    done = set(
        Run.objects.filter(account=account, due_at=moment).exclude(finished_at=None).values_list("day", flat=True)
    )
    for day in (newest - timedelta(days=back) for back in range(BACK)):
        if day not in done and (first is None or day >= first) and (day == newest or not _is_consistent(account, day)):
            yield day, moment


def last_moment(now: datetime) -> datetime:
    """When the company's hour was last."""
    minutes = int(rules.in_force(now).procedure.amount("reconcile_hour") * 60)  # type: ignore[operator] # hours are a number
    today = bounds(now.astimezone(CHINA).date())[0] + timedelta(minutes=minutes)
    return today if today <= now else today - timedelta(days=1)


def _first_day(account: Account) -> date | None:
    """The day before a shop was connected: the first look of a pull reaches back so far."""
    connected = Record.objects.filter(subject_type=Account.KIND, subject_id=account.pk, seq=1).first()
    return None if connected is None else connected.entered_at.astimezone(CHINA).date() - timedelta(days=1)


def _is_consistent(account: Account, day: date) -> bool:
    if not Run.objects.filter(account=account, day=day).exclude(finished_at=None).exists():
        return False
    open_ones = access.visible(SYSTEM, Reconciliation).filter(account=account, day=day, open_differences__gt=0)
    return not open_ones.exists()


def compare(account: Account, day: date, due_at: datetime) -> bool:
    """Compare a day of a shop, unless somebody else does; a platform that can't be used is noted on the run."""
    now = clock.now()
    run = _claimed(account, day, due_at, now)
    if run is None:
        return False
    try:
        found = keeping.keep(account, day, _read(account, day), now)
    except Exception as error:
        # Whatever is wrong with one shop mustn't keep the others from being compared.
        Run.objects.filter(pk=run.pk).update(claimed_until=None, error=_why(account, error)[:1000])
        return False
    finished = {"claimed_until": None, "differences": found, "error": ""}
    # A statement that came meanwhile wasn't looked at: the day is compared again with the next round.
    newer = Statement.objects.filter(account=account, day=day, received_at__gte=now)
    Run.objects.filter(pk=run.pk).update(
        finished_at=Case(When(Exists(newer), then=None), default=clock.now()), **finished
    )
    return True


def _why(account: Account, error: Exception) -> str:
    if isinstance(error, KaolaError):
        log.warning("a comparison of %s failed: %s", account.name, error)
        return error.sentence(settings.LANGUAGE_CODE)
    log.exception("a comparison of %s failed", account.name)
    return _("The comparison failed (%(kind)s); ask your administrator to look into the log.") % {
        "kind": type(error).__name__
    }


def _read(account: Account, day: date) -> Day:
    if account.platform != mending.FETCHED_FROM:
        return pushed.read_day(account, day)
    with kaola_client(account) as client:
        return platform.read_day(account, day, client)


def _claimed(account: Account, day: date, due_at: datetime, now: datetime) -> Run | None:
    values = {"started_at": now}
    run, _is_new = Run.objects.get_or_create(account=account, day=day, due_at=due_at, defaults=values)
    free = Run.objects.filter(pk=run.pk, finished_at=None).filter(Q(claimed_until=None) | Q(claimed_until__lte=now))
    claimed = free.update(claimed_until=now + CLAIM, started_at=now, tries=F("tries") + 1)
    return run if claimed else None
