"""Keeping what a comparison found: once, however often a day is compared, and never over a person's explanation."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from jiedan.acquisition import identity
from jiedan.connectors.models import Account
from jiedan.connectors.reconciliation.comparing import Day, differences, totals
from jiedan.connectors.reconciliation.entry import Found, Totals
from jiedan.connectors.reconciliation.models import Difference, Reconciliation
from jiedan.kernel.dispatch import dispatch
from jiedan.orders import access
from jiedan.people.actor import SYSTEM

Place = tuple[str, str]
"""Kind and number: what a difference of a day is recognised by."""
FACTS = ("theirs_amount", "ours_amount", "theirs_status", "ours_status")


def keep(account: Account, day: date, compared: Day, now: datetime) -> int:
    """Write a day's comparison down, all of it or nothing; returns how many differences are open."""
    with transaction.atomic():
        identity.hold([("reconciliation", str(account.pk), day.isoformat())])
        rows = {row.department_id: row for row in of_day(account, day)}
        known = _known(account, day)
        fresh: dict[int, list[Found]] = {}
        met = set()
        for department, found in differences(compared):
            place = found.kind, found.external_id
            met.add(place)
            old = known.get(place)
            if old is None or _is_news(old, found):
                fresh.setdefault(old.reconciliation.department_id if old else department, []).append(found)
        _write_totals(account, day, compared, rows, [*fresh], now)
        for department, found_here in sorted(fresh.items()):
            dispatch("reconciliation.find_differences", SYSTEM, {"found": found_here}, subject=rows[department])
        _settle_gone([old for place, old in known.items() if place not in met])
        return sum(row.open_differences for row in of_day(account, day))


def of_day(account: Account, day: date) -> list[Reconciliation]:
    """What is kept of a day, one row for each department."""
    return list(access.visible(SYSTEM, Reconciliation).filter(account=account, day=day))


def _known(account: Account, day: date) -> dict[Place, Difference]:
    rows = Difference.objects.filter(reconciliation__account=account, reconciliation__day=day)
    return {(row.kind, row.external_id): row for row in rows.select_related("reconciliation")}


def _is_news(old: Difference, found: Found) -> bool:
    if old.state == Difference.MENDED:
        return True
    return old.state == Difference.EXPLAINED and any(getattr(old, name) != getattr(found, name) for name in FACTS)


def _write_totals(
    account: Account, day: date, compared: Day, rows: dict[int, Reconciliation], also: list[int], now: datetime
) -> None:
    """Bring each department's counts up to date; ROWS gains those that are new."""
    counts: Mapping[int, Totals] = totals(compared)
    for department in sorted({*counts, *rows, *also}):
        found = counts.get(department, Totals())
        row = rows.get(department)
        if row is None:
            given = {
                "account": account.pk, "department": department, "day": day, "source": compared.source, "totals": found,
            }  # fmt: skip
            born = dispatch("reconciliation.record_day", SYSTEM, given, channel="connector").subject
            rows[department] = access.visible(SYSTEM, Reconciliation).get(pk=born.pk)
        else:
            values = found.model_dump() | {"source": compared.source, "checked_at": now}
            access.visible(SYSTEM, Reconciliation).filter(pk=row.pk).update(**values)


def _settle_gone(vanished: list[Difference]) -> None:
    rows: dict[int, tuple[Reconciliation, list[int]]] = {}
    for old in vanished:
        if old.state == Difference.OPEN:
            rows.setdefault(old.reconciliation_id, (old.reconciliation, []))[1].append(old.number)
    for row, numbers in rows.values():
        given = {"differences": sorted(numbers)}
        dispatch("reconciliation.settle_vanished", SYSTEM, given, subject=row, channel="connector")
