"""Differences are mended: the order is fetched from the platform and followed (clause 6.1.2)."""

from django.utils.translation import gettext_lazy as _

from jiedan.connectors.reconciliation import mending
from jiedan.connectors.reconciliation.entry import Mend
from jiedan.connectors.reconciliation.models import Reconciliation
from jiedan.core.lifecycle import ReconciliationStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context


@action(
    _("Mend difference"),
    clause="6.1.2",
    on=Reconciliation,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD, Role.DECISION_MAKER},
    when={ReconciliationStage.OPEN},
    private={"difference"},
)
def mend_difference(row: Reconciliation, data: Mend, ctx: Context) -> None:
    """Fetch the order from the platform and follow it: what is missing comes in, cancellations and changes are taken over. Without a number, every difference that can be mended."""
    numbers = mending.ask(row, data.difference, ctx)
    summary = f"{row}：第 {'、'.join(map(str, numbers))} 处"
    ctx.note(ref=row.ref, summary=summary, codes={"differences": numbers})
