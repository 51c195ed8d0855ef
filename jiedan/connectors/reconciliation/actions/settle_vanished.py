"""Differences that the next comparison no longer met (clause 6.1.2)."""

from django.utils.translation import gettext_lazy as _

from jiedan.connectors.reconciliation.entry import Vanished
from jiedan.connectors.reconciliation.models import Difference, Reconciliation
from jiedan.connectors.reconciliation.settling import stage_after
from jiedan.core.lifecycle import ReconciliationStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context


@action(
    _("Settle vanished differences"),
    clause="6.1.2",
    on=Reconciliation,
    by={Role.SYSTEM},
    when={ReconciliationStage.OPEN},
    to=stage_after,
    private={"differences"},
)
def settle_vanished(row: Reconciliation, data: Vanished, ctx: Context) -> None:
    """Close the differences that a new comparison of the day no longer met."""
    gone = row.differences.filter(number__in=data.differences, state=Difference.OPEN)
    count = gone.update(state=Difference.MENDED, result="gone", detail="", settled_at=ctx.now)
    row.open_differences -= count
    codes = {"count": count, "differences": data.differences[:50]}
    ctx.note(ref=row.ref, summary=f"{row}：{count} 处差异已不存在", codes=codes)
