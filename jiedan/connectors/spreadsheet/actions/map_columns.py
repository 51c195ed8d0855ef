"""Somebody says which column of a file holds what (clause 2.1.2)."""

from django.utils.translation import gettext_lazy as _

from jiedan.connectors.spreadsheet import jobs, layouts
from jiedan.connectors.spreadsheet.entry import ColumnsChosen
from jiedan.connectors.spreadsheet.models import Import
from jiedan.core.lifecycle import ImportStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context


@action(
    _("Choose columns and check"),
    clause="2.1.2",
    on=Import,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD, Role.DECISION_MAKER, Role.SYSTEM},
    when={ImportStage.UPLOADED, ImportStage.CHECKED},
    to=ImportStage.CHECKING,
)
def map_columns(row: Import, data: ColumnsChosen, ctx: Context) -> None:
    """Say which column holds what and check every row against what we have; the choice is remembered for files of this form."""
    row.mapping = layouts.checked(data.columns, row)
    row.problem, row.counts, row.done, row.orders, row.moved_at = "", {}, 0, 0, ctx.now
    layouts.remember(row, ctx.now)
    jobs.enqueue(row.pk, ImportStage.CHECKING, ctx.channel)
    ctx.note(ref=row.ref, summary=f"{row.platform} {row.shop}")
