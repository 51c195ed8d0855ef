"""How every connection is doing: what came last, how far behind, what goes wrong, who has fallen silent (clause 2.1.2).

Read from what is there anyway: the messages of those who push, the records of orders that were pulled, what was set
aside. Nothing is counted while an order is taken in.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.cache import cache
from django.db.models import Count, Exists, F, Max, Min, OuterRef, QuerySet
from django.db.models.functions import TruncHour

from jiedan.connectors.china_time import CHINA
from jiedan.connectors.models import Account, Message, Quarantined
from jiedan.connectors.reconciliation.models import Reconciliation
from jiedan.core.lifecycle import ConnectionStage
from jiedan.kernel.models import PeriodicTask, Record
from jiedan.orders import access
from jiedan.orders.models import Order
from jiedan.people.actor import SYSTEM

PULLED: Final = frozenset({"kaola"})
"""Platforms that we ask; the others send."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SHOWN = 24
"""Hours in the little chart."""
REMEMBERED = 14
"""Days by which a shop's habits are known."""
KNOWN, USUAL = 7, 0.8
"""Days at least, and the share of them with an order in this hour, before its absence means something."""
LATE = timedelta(minutes=15)
"""How far a pull may be behind before that is worth a word; it runs every minute."""
FEW_ERRORS, BAD_SHARE = 5, 0.5
"""So many errors in an hour, and such a share of all messages, are a failure."""
FRESH = 15
"""Seconds for which the figures for monitoring are kept, so that nobody burdens the database by asking."""


@dataclass(frozen=True, slots=True)
class Errors:
    """How many messages could not be used, of how many."""

    wrong: int
    all: int

    @property
    def percent(self) -> int | None:
        """Rounded up, so that a single error is not nothing; None without any message."""
        return -(-100 * self.wrong // self.all) if self.all else None


@dataclass(frozen=True, slots=True)
class Health:
    """A connection at one moment. STATE is one of STATES."""

    account: Account
    state: str
    last_at: datetime | None
    lag: timedelta | None
    hour: Errors
    day: Errors
    next_run: datetime | None
    hours: tuple[int, ...]
    waiting: int

    @property
    def tone(self) -> str:
        """The colour of the state."""
        return {"works": "ok", "failing": "bad", "behind": "bad", "silent": "warn", "paused": "warn"}.get(
            self.state, ""
        )

    @property
    def points(self) -> str:
        """The little chart's line in a box of 120 × 24."""
        top = max(self.hours, default=0) or 1
        step = 120 / max(1, len(self.hours) - 1)
        return " ".join(f"{place * step:.1f},{23 - 22 * count / top:.1f}" for place, count in enumerate(self.hours))

    @property
    def most(self) -> int:
        """Messages in the busiest of the hours shown."""
        return max(self.hours, default=0)


def connections(now: datetime) -> list[Health]:
    """Every connection that isn't closed; some queries for each."""
    accounts = access.visible(SYSTEM, Account).exclude(stage=ConnectionStage.CLOSED).order_by("platform", "shop")
    tasks = dict(PeriodicTask.objects.filter(name__startswith="pull ").values_list("name", "next_at"))
    return [_health(account, tasks, now) for account in accounts]


def _health(account: Account, tasks: Mapping[str, datetime], now: datetime) -> Health:
    came = arrivals(account)
    last = came.filter(came_at__gte=now - REMEMBERED * DAY).aggregate(last=Max("came_at"))["last"]
    read_up_to = account.high_water if account.platform in PULLED else last
    hour = _errors(account, came, now - HOUR, now)
    return Health(
        account=account,
        state=_state(account, last, hour, now, lambda: same_hours(came, now)),
        last_at=last,
        lag=None if read_up_to is None else max(now - read_up_to, timedelta()),
        hour=hour,
        day=_errors(account, came, now - DAY, now),
        next_run=tasks.get(f"pull {account.platform} {account.shop}"),
        hours=_hours(came, now),
        waiting=_set_aside(account).filter(stage="waiting").count(),
    )


def arrivals(account: Account) -> QuerySet[Any]:
    """What came in from a connection and was taken, each with its moment `came_at`."""
    if account.platform not in PULLED:
        return Message.objects.filter(account=account).exclude(outcome="refused").annotate(came_at=F("received_at"))
    own = access.visible(SYSTEM, Order).filter(pk=OuterRef("subject_id"), channel=account.platform, shop=account.shop)
    rows = Record.objects.filter(action="acquisition.receive_order", subject_type=Order.KIND)
    return rows.filter(Exists(own)).annotate(came_at=F("entered_at"))


def _set_aside(account: Account) -> QuerySet[Quarantined]:
    return access.visible(SYSTEM, Quarantined).filter(account=account)


def _errors(account: Account, came: QuerySet[Any], since: datetime, now: datetime) -> Errors:
    wrong = _set_aside(account).filter(last_at__gt=since, last_at__lte=now).count()
    return Errors(wrong, wrong + came.filter(came_at__gt=since, came_at__lte=now).count())


def _hours(came: QuerySet[Any], now: datetime) -> tuple[int, ...]:
    this = now.astimezone(CHINA).replace(minute=0, second=0, microsecond=0)
    first = this - (SHOWN - 1) * HOUR
    rows = (
        came.filter(came_at__gte=first, came_at__lte=now).annotate(hour=TruncHour("came_at", tzinfo=CHINA)).order_by()
    )
    found = {row["hour"]: row["n"] for row in rows.values("hour").annotate(n=Count("pk"))}
    return tuple(found.get(first + place * HOUR, 0) for place in range(SHOWN))


def same_hours(came: QuerySet[Any], now: datetime) -> list[bool]:
    """For each of the days before on which the connection was known, the newest first: did anything come in this hour?"""
    moments = [now - back * DAY for back in range(1, REMEMBERED + 1)]
    known_since = came.filter(came_at__gte=now - (REMEMBERED + 1) * DAY).aggregate(first=Min("came_at"))["first"]
    known = [moment for moment in moments if known_since is not None and moment >= known_since]
    return [came.filter(came_at__gt=moment - HOUR, came_at__lte=moment).exists() for moment in known]


def is_silent(days: Sequence[bool]) -> bool:
    """Whether nothing in this hour is unlike the shop: it is known for a week, and nearly always had something."""
    return len(days) >= KNOWN and sum(days) >= USUAL * len(days)


def _state(account: Account, last: datetime | None, hour: Errors, now: datetime, habits: Any) -> str:
    if account.stage != ConnectionStage.CONNECTED:
        return "paused"
    if account.failures or (hour.wrong >= FEW_ERRORS and hour.wrong >= BAD_SHARE * hour.all):
        return "failing"
    if account.platform in PULLED and account.high_water and now - account.high_water > LATE:
        return "behind"
    if hour.all == 0 and is_silent(habits()):
        return "silent"
    return "works" if last or account.last_ok_at else "new"


def gauges(now: datetime) -> dict[str, int]:
    """Figures for monitoring: sums over all connections, so that nobody learns from them whom we are connected to."""
    found: dict[str, int] | None = cache.get("connection-gauges")
    if found is None:
        found = _gauges(connections(now))
        cache.set("connection-gauges", found, FRESH)
    return found


def _gauges(found: Iterable[Health]) -> dict[str, int]:
    rows = list(found)
    pulled = [row.lag for row in rows if row.lag and row.state != "paused" and row.account.platform in PULLED]
    unsettled = access.visible(SYSTEM, Reconciliation).filter(open_differences__gt=0)
    return {
        **{f"connections_{state}": sum(row.state == state for row in rows) for state in STATES},
        "connections_lag_seconds": int(max(pulled, default=timedelta()).total_seconds()),
        "connections_messages_last_hour": sum(row.hour.all for row in rows),
        "connections_errors_last_hour": sum(row.hour.wrong for row in rows),
        "quarantine_waiting": access.visible(SYSTEM, Quarantined).filter(stage="waiting").count(),
        "reconciliation_days_open": unsettled.count(),
    }


STATES: Final = ("works", "failing", "behind", "silent", "paused", "new")
