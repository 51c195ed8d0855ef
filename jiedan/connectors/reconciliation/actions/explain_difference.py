"""A difference is right as it is (clause 6.1.2)."""

from django.utils.translation import gettext_lazy as _

from jiedan.connectors.reconciliation.entry import Explain, Settled
from jiedan.connectors.reconciliation.models import Difference, Reconciliation
from jiedan.connectors.reconciliation.settling import settle, stage_after
from jiedan.core.lifecycle import ReconciliationStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context


@action(
    _("Explain difference"),
    clause="6.1.2",
    on=Reconciliation,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD, Role.DECISION_MAKER},
    when={ReconciliationStage.OPEN},
    to=stage_after,
    private={"difference"},
)
def explain_difference(row: Reconciliation, data: Explain, ctx: Context) -> None:
    """Say why a difference is right as it is; it is not counted any more, and your reason stays on record."""
    settle(row, Settled(difference=data.difference, result="explained"), Difference.EXPLAINED, data.reason, ctx)
