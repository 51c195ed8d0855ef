"""Messages that can't be used: kept sealed with the reason, once, and bounded (clause 2.1.2)."""

import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import transaction
from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import Length

from jiedan.connectors import crew, flood
from jiedan.connectors.causes import UNVERIFIED
from jiedan.connectors.flood import Kind
from jiedan.connectors.models import Quarantined
from jiedan.core import clock, strict_json
from jiedan.core.faults import Fault
from jiedan.kernel import among
from jiedan.kernel.among import Look
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Refused
from jiedan.orders import access, vault
from jiedan.people.actor import SYSTEM

log = logging.getLogger(__name__)
BETTER = "平台已重新发送可用的消息"
WAITING = "quarantine-waiting"
LISTING = "listing"
"""The kind of what was said of a listing."""
HOUR = timedelta(hours=1)
MOST, MOST_BYTES = 50, 4 << 20
"""How much of one account and cause is kept within an hour when nobody can say who sent it; the rest is only counted."""
_in_hand: ContextVar[int] = ContextVar("message that is being tried again", default=0)

Reason = Fault | tuple[str, str]
"""Why, as a fault or as (Chinese, English)."""
CANCELLED = frozenset({"cancelled", "cancel_requested"})


@dataclass(frozen=True, slots=True)
class Good:
    """A message that was taken: what it says of its order or listing (what we asked for says how things are NOW)."""

    account: int
    external_id: str
    status: str = ""
    updated_at: datetime | None = None
    is_new: bool = True
    now: bool = True

    def makes_up_for(self, row: Quarantined) -> bool:
        """Whether what waits needs nobody any more."""
        if self.now:
            return True
        cancels, updated_at = _said(row)
        if cancels and self.status not in CANCELLED:
            return False
        if updated_at is None or self.updated_at is None:
            return self.is_new
        return self.updated_at >= updated_at


def _said(row: Quarantined) -> tuple[bool, datetime | None]:
    """As far as it can be read: whether it cancels, and when its sender's data became so."""
    try:
        found = strict_json.loads(vault.unseal(row.key.opened(), bytes(row.sealed), "quarantine")["raw"])
        data = found["data"]  # type: ignore[index] # whatever it is, it is looked at with care
        cancels = found["type"] == "order.cancelled" or data.get("status") in CANCELLED  # type: ignore[index]
    except (strict_json.JsonRefused, vault.Unreadable, KeyError, TypeError, AttributeError):
        return False, None
    try:
        at = datetime.fromisoformat(str(data.get("updated_at")))
    except ValueError:
        return cancels, None
    return cancels, at if at.tzinfo else None


def set_aside_at_the_door(
    *, account_id: int | None, channel: str, kind: str, raw: bytes, cause: str, reason: Reason, external_id: str = ""
) -> None:
    """Keep a message as `set_aside` does; of a flood that goes on the door only counts."""
    if cause in UNVERIFIED and flood.counted(Kind(account_id, channel, cause), _count):
        return
    crew.have_done(
        set_aside, account_id=account_id, channel=channel, kind=kind, raw=raw, cause=cause, reason=reason,
        external_id=external_id,
    )  # fmt: skip


def set_aside(
    *, account_id: int | None, channel: str, kind: str, raw: bytes, cause: str, reason: Reason, external_id: str = ""
) -> None:
    """Keep a message with its reason; the same text again is only counted, and so is a flood of unverified ones."""
    now, digest = clock.now(), hashlib.sha256(raw).hexdigest()
    waiting = access.visible(SYSTEM, Quarantined).filter(stage="waiting", account=account_id, channel=channel)
    same = waiting.filter(digest=digest, cause=cause)
    if same.update(times=F("times") + 1, last_at=now):
        return
    if cause in UNVERIFIED and _counted_only(_fresh(account_id, channel, cause, now), now):
        flood.goes_on(Kind(account_id, channel, cause))
        return
    zh, en = (reason.sentence("zh"), reason.sentence("en")) if isinstance(reason, Fault) else reason
    given = {
        "account": account_id, "channel": channel, "kind": kind[:60], "external_id": external_id[:128], "cause": cause,
        "reason_zh": zh, "reason_en": en, "digest": digest, "text": raw.decode("utf-8", "backslashreplace"), "at": now,
    }  # fmt: skip
    try:
        dispatch("connectors.set_aside", SYSTEM, given, channel="connector")
    except Refused:
        # Somebody kept the same text in this moment.
        same.update(times=F("times") + 1, last_at=now)
        return
    log.warning("a message of %s could not be used: %s", channel, cause)


def _fresh(account_id: int | None, channel: str, cause: str, now: datetime) -> QuerySet[Quarantined]:
    rows = access.visible(SYSTEM, Quarantined).filter(stage="waiting", cause=cause, last_at__gt=now - HOUR)
    return rows.filter(account=account_id, channel=channel, first_at__gt=now - HOUR)


def _counted_only(fresh: QuerySet[Quarantined], now: datetime) -> bool:
    """Whether enough of these are kept; the newest of them then counts for one more."""
    kept = fresh.aggregate(count=Count("pk"), size=Sum(Length("sealed")))
    if kept["count"] < MOST and (kept["size"] or 0) < MOST_BYTES:
        return False
    newest = fresh.order_by("-pk").values_list("pk", flat=True)[:1]
    # Two statements: PostgreSQL and SQLite alike take no LIMIT in an UPDATE.
    counted = access.visible(SYSTEM, Quarantined).filter(pk__in=list(newest))
    return counted.update(times=F("times") + 1, last_at=now) > 0


def _count(found: Mapping[Kind, int]) -> None:
    """Let the newest of each kind count for so many more, whatever became of it meanwhile."""
    now = clock.now()
    for kind, count in found.items():
        rows = access.visible(SYSTEM, Quarantined)
        alike = rows.filter(account=kind.account, channel=kind.channel, cause=kind.cause)
        newest = alike.order_by("-last_at").values_list("pk", flat=True)[:1]
        # Two statements, as below.
        rows.filter(pk__in=list(newest)).update(times=F("times") + count, last_at=now)


def settle(account_id: int, external_id: str) -> int:
    """Close what waits for this order of this shop, because the platform was asked and says well now; returns how many."""
    return settle_all([Good(account_id, external_id)])


def settle_all(good: Sequence[Good]) -> int:
    """Close what these messages make up for; one query when nothing waits. Returns how many.

    An older word, or the same again, makes up for nothing that came meanwhile, and one that an order stands for no
    cancellation.
    """
    by_place: dict[tuple[int, str], list[Good]] = {}
    for one in good:
        by_place.setdefault((one.account, one.external_id), []).append(one)
    accounts, numbers = {account for account, _number in by_place}, {number for _account, number in by_place}
    (keys,) = among.keys(Look(Quarantined, "external_id", numbers, {"account_id": accounts}, "stage = 'waiting'"))
    if not keys:
        return 0

    def is_made_up_for(row: Quarantined) -> bool:
        return any(one.makes_up_for(row) for one in by_place.get((row.account_id or 0, row.external_id), ()))

    return _settle(access.visible(SYSTEM, Quarantined).filter(pk__in=keys).exclude(kind=LISTING), is_made_up_for)


def settle_listing(good: Good) -> int:
    """Close what this message makes up for of a listing: an order may have the same number."""
    rows = access.visible(SYSTEM, Quarantined).filter(account=good.account, external_id=good.external_id, kind=LISTING)
    return _settle(rows, good.makes_up_for)


def _settle(rows: QuerySet[Quarantined], is_made_up_for: Callable[[Quarantined], bool]) -> int:
    with transaction.atomic():
        # Whoever tries one of them again holds its row and waits for the order that is held here.
        free = (
            rows.filter(stage="waiting").exclude(pk=_in_hand.get()).order_by("pk").select_for_update(skip_locked=True)
        )
        found = [row for row in free if is_made_up_for(row)]
        for message in found:
            dispatch("connectors.settle_message", SYSTEM, {"reason": BETTER}, subject=message, channel="connector")
    return len(found)


def waiting() -> int:
    """How many messages wait for somebody, as of at most fifteen seconds ago."""
    return (
        cache.get_or_set(WAITING, lambda: access.visible(SYSTEM, Quarantined).filter(stage="waiting").count(), 15) or 0
    )


@contextmanager
def in_hand(message: int) -> Iterator[None]:
    """Somebody tries this message again: its own success mustn't settle it a second time."""
    token = _in_hand.set(message)
    try:
        yield
    finally:
        _in_hand.reset(token)
