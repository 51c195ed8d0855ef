"""Two sides of a shop's day, compared order by order. Pure: who reads the sides is elsewhere."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from jiedan.connectors.china_time import CHINA
from jiedan.connectors.reconciliation.entry import Found, Totals
from jiedan.core.lifecycle import OrderStage

ZERO = Decimal("0.00")
CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Theirs:
    """An order as the platform has it; DEPARTMENT is where it would be routed, AMOUNT None when it can't be read."""

    external_id: str
    amount: Decimal | None
    status: str
    department: int
    content_hash: str = ""


@dataclass(frozen=True, slots=True)
class Ours:
    """An order as we have it, with the hashes of what the platform said and what somebody decided on."""

    external_id: str
    pk: int
    amount: Decimal
    stage: str
    department: int
    hashes: frozenset[str] = frozenset()


@dataclass(slots=True)
class Day:
    """Both sides of a day: everything that is compared, and which of it counts into the day's totals."""

    source: str
    theirs: Mapping[str, Theirs]
    ours: Mapping[str, Ours]
    counted_there: Collection[str]
    counted_here: Collection[str]
    more: list[tuple[int, Found]] = field(default_factory=list)
    """Differences that no pair of orders shows, with the department that they concern."""


def bounds(day: date) -> tuple[datetime, datetime]:
    """A business day in China: its first moment, and the next day's."""
    start = datetime.combine(day, time(), CHINA)
    return start, start + timedelta(days=1)


def differences(day: Day) -> Iterator[tuple[int, Found]]:
    """What differs, with the department that it concerns: ours when we have the order, else where it would go."""
    for external_id, there in day.theirs.items():
        here = day.ours.get(external_id)
        if here is None:
            yield there.department, _missing(there)
        else:
            yield from ((here.department, found) for found in between(there, here))
    for external_id in sorted(set(day.ours) - set(day.theirs)):
        here = day.ours[external_id]
        yield here.department, _unknown(here)
    yield from day.more


def _missing(there: Theirs) -> Found:
    return Found(kind="missing", external_id=there.external_id, theirs_amount=there.amount, theirs_status=there.status)


def _unknown(here: Ours) -> Found:
    return Found(
        kind="unknown", external_id=here.external_id, order=here.pk, ours_amount=here.amount, ours_status=here.stage
    )


def between(there: Theirs, here: Ours) -> Iterator[Found]:
    """What isn't the same in two forms of one order."""

    def found(kind: str) -> Found:
        return Found.model_validate({
            "kind": kind, "external_id": here.external_id, "order": here.pk, "theirs_amount": there.amount,
            "ours_amount": here.amount, "theirs_status": there.status, "ours_status": here.stage,
        })  # fmt: skip

    # An order that we declined is over here, whether the platform has ended it yet or not.
    if here.stage != OrderStage.DECLINED and (there.status == CANCELLED) != (here.stage == OrderStage.CANCELLED):
        yield found("status")
    # What waits for a decision, or was decided, is no difference that anybody has to find.
    elif there.amount not in (None, here.amount) and there.content_hash not in here.hashes:
        yield found("amount")


def totals(day: Day) -> dict[int, Totals]:
    """How many orders and how much, for each department that has any."""
    there: dict[int, list[Decimal]] = {}
    here: dict[int, list[Decimal]] = {}
    for external_id in day.counted_there:
        known = day.ours.get(external_id)
        found = day.theirs[external_id]
        there.setdefault(known.department if known else found.department, []).append(found.amount or ZERO)
    for external_id in day.counted_here:
        here.setdefault(day.ours[external_id].department, []).append(day.ours[external_id].amount)
    return {
        department: Totals(
            theirs_count=len(there.get(department, ())),
            theirs_amount=sum(there.get(department, ()), ZERO),
            ours_count=len(here.get(department, ())),
            ours_amount=sum(here.get(department, ()), ZERO),
        )
        for department in sorted({*there, *here})
    }
