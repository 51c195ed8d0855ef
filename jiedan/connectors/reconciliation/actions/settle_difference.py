"""A difference was mended (clause 6.1.2)."""

from django.utils.translation import gettext_lazy as _

from jiedan.connectors.reconciliation.entry import Settled
from jiedan.connectors.reconciliation.models import Difference, Reconciliation
from jiedan.connectors.reconciliation.settling import settle, stage_after
from jiedan.core.lifecycle import ReconciliationStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context


@action(
    _("Settle difference"),
    clause="6.1.2",
    on=Reconciliation,
    by={Role.SYSTEM},
    when={ReconciliationStage.OPEN},
    to=stage_after,
    private={"difference", "result", "order"},
)
def settle_difference(row: Reconciliation, data: Settled, ctx: Context) -> None:
    """Close a difference, because its order was fetched from the platform and followed."""
    settle(row, data, Difference.MENDED, "", ctx)
