"""Closing a difference, and where its comparison stands then."""

from django.utils.translation import gettext as _

from jiedan.connectors.reconciliation.entry import Settled
from jiedan.connectors.reconciliation.models import Difference, Reconciliation
from jiedan.connectors.reconciliation.words import on_record
from jiedan.core.lifecycle import ReconciliationStage
from jiedan.kernel.dispatch import Context
from jiedan.kernel.errors import Refused

UNSETTLED = (Difference.OPEN, Difference.MENDING)


def stage_after(row: Reconciliation) -> str:
    """Settled once nothing is open."""
    return ReconciliationStage.OPEN if row.open_differences else ReconciliationStage.SETTLED


def settle(row: Reconciliation, data: Settled, state: str, detail: str, ctx: Context) -> None:
    """Close a difference of a locked comparison. Raises Refused when it isn't open (any more)."""
    found = row.differences.filter(number=data.difference, state__in=UNSETTLED).first()
    if found is None:
        raise Refused(_("%(ref)s has no open difference %(number)d.") % {"ref": row.ref, "number": data.difference})
    found.state, found.result, found.detail, found.settled_at = state, data.result, detail, ctx.now
    found.order_id = found.order_id or data.order
    if state == Difference.EXPLAINED:
        found.asked_by_id = ctx.actor.staff_id
    found.save(update_fields=["state", "result", "detail", "settled_at", "asked_by", "order"])
    row.open_differences -= 1
    codes = {"difference": found.number, "kind": found.kind, "result": found.result}
    said = on_record(found.kind, found.external_id, "" if detail else found.result)
    ctx.note(ref=row.ref, summary=f"{row}：{said}", external_id=found.external_id, codes=codes)
