"""Closing a difference, and where its comparison stands then."""

from django.utils.translation import gettext as _

from jiedan.connectors.reconciliation.models import Difference, Reconciliation
from jiedan.core.lifecycle import ReconciliationStage
from jiedan.kernel.dispatch import Context
from jiedan.kernel.errors import Refused

UNSETTLED = (Difference.OPEN, Difference.MENDING)


def stage_after(row: Reconciliation) -> str:
    """Settled once nothing is open."""
    return ReconciliationStage.OPEN if row.open_differences else ReconciliationStage.SETTLED


def settle(row: Reconciliation, number: int, state: str, result: str, detail: str, ctx: Context) -> None:
    """Close difference NUMBER of a locked comparison. Raises Refused when it isn't open (any more)."""
    found = row.differences.filter(number=number, state__in=UNSETTLED).first()
    if found is None:
        raise Refused(_("%(ref)s has no open difference %(number)d.") % {"ref": row.ref, "number": number})
    found.state, found.result, found.detail, found.settled_at = state, result, detail, ctx.now
    if state == Difference.EXPLAINED:
        found.asked_by_id = ctx.actor.staff_id
    found.save(update_fields=["state", "result", "detail", "settled_at", "asked_by"])
    row.open_differences -= 1
    ctx.note(ref=row.ref, summary=str(row), kind=found.kind, external_id=found.external_id)
