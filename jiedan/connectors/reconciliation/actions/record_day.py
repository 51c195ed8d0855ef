"""A day was compared with the platform (clause 6.1.2)."""

from django.utils.translation import gettext_lazy as _

from jiedan.connectors.reconciliation.entry import Compared
from jiedan.connectors.reconciliation.models import Reconciliation
from jiedan.core.lifecycle import ReconciliationStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context


@action(
    _("Record day"),
    clause="6.1.2",
    on=Reconciliation,
    by={Role.SYSTEM},
    births=True,
    to=ReconciliationStage.CLEAN,
    private={"account", "department", "day", "source", "totals"},
)
def record_day(data: Compared, ctx: Context) -> None:
    """Put down how many orders of a shop's business day there are on the platform and here."""
    row = Reconciliation(
        account_id=data.account,
        department_id=data.department,
        day=data.day,
        source=data.source,
        checked_at=ctx.now,
        **data.totals.model_dump(),
    )
    born = ctx.birth(row)
    there, here = f"{row.theirs_count} 笔 ¥{row.theirs_amount}", f"{row.ours_count} 笔 ¥{row.ours_amount}"
    codes = data.model_dump(mode="json")
    ctx.note(ref=born.ref, summary=f"{born}：平台 {there}，本系统 {here}", codes=codes)
