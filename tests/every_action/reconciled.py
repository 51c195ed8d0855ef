"""Comparisons of a day with the platform that real steps brought to a stage."""

from datetime import date
from typing import Any

from jiedan.connectors import accounts
from jiedan.connectors.models import Account
from jiedan.connectors.reconciliation.models import Reconciliation
from jiedan.core import clock
from jiedan.core.lifecycle import ReconciliationStage
from jiedan.kernel.dispatch import dispatch
from jiedan.people.actor import SYSTEM

DAY = date(2026, 9, 17)
CREDENTIALS = {"app_key": "k", "secret": "s", "access_token": "t"}
MISSING = {"kind": "missing", "external_id": "K404", "theirs_amount": "398.00", "theirs_status": "paid"}


def shop(address: str = "http://127.0.0.1:9/", credentials: dict[str, str] = CREDENTIALS) -> Account:
    """The shop that is compared; connected when it isn't yet, or when somebody really answers at its address."""
    found = Account.objects.filter(platform="kaola", shop="duizhang").first()
    if found is not None and credentials is CREDENTIALS:
        return found
    return accounts.connect("kaola", "duizhang", "考拉对账店", address, credentials, clock.now())


def reconciliation_at(stage: str, department: int, day: date = DAY, **found: Any) -> Reconciliation:
    """A comparison of a department's day with one difference, unless it is clean."""
    given = {
        "account": shop().pk, "department": department, "day": day, "source": "platform",
        "totals": {"theirs_count": 1, "theirs_amount": "398.00"},
    }  # fmt: skip
    row = dispatch("reconciliation.record_day", SYSTEM, given).subject
    if stage != ReconciliationStage.CLEAN:
        row = dispatch("reconciliation.find_differences", SYSTEM, {"found": [MISSING | found]}, subject=row).subject
    if stage == ReconciliationStage.SETTLED:
        settled = {"difference": 1, "result": "taken_in"}
        row = dispatch("reconciliation.settle_difference", SYSTEM, settled, subject=row).subject
    return Reconciliation.objects.get(pk=row.pk)
