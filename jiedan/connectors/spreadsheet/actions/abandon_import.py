"""Somebody doesn't want the rest of a file (clause 2.1.2)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition.entry import Reason
from jiedan.connectors.spreadsheet import sealed
from jiedan.connectors.spreadsheet.models import Import
from jiedan.core.deadlines import ALL
from jiedan.core.lifecycle import ImportStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context


@action(
    _("Abandon import"),
    clause="2.1.2",
    on=Import,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD, Role.DECISION_MAKER, Role.SYSTEM},
    when={ImportStage.UPLOADED, ImportStage.CHECKING, ImportStage.CHECKED, ImportStage.IMPORTING},
    to=ImportStage.ABANDONED,
    voids={ALL},
)
def abandon_import(row: Import, data: Reason, ctx: Context) -> None:
    """Give the file up and erase it. What came in already stays; a running import stops after its present chunk."""
    sealed.erase(row, ctx.now)
    ctx.note(ref=row.ref, summary=f"{row.platform} {row.shop}")
