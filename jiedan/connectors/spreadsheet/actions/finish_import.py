"""Everything of a file was taken in, or has its reason (clause 2.1.2)."""

from django.utils.translation import gettext_lazy as _

from jiedan.connectors.spreadsheet.entry import Taken
from jiedan.connectors.spreadsheet.models import Import
from jiedan.core.deadlines import ALL
from jiedan.core.lifecycle import ImportStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context


@action(
    _("Finish import"),
    clause="2.1.2",
    on=Import,
    by={Role.SYSTEM},
    when={ImportStage.IMPORTING},
    to=ImportStage.IMPORTED,
    voids={ALL},
)
def finish_import(row: Import, data: Taken, ctx: Context) -> None:
    """Say how many of the file's orders or listings came in, were changed, or stayed out."""
    row.counts, row.done, row.finished_at, row.moved_at = data.counts, row.rows, ctx.now, ctx.now
    ctx.note(ref=row.ref, summary=f"{row.platform} {row.shop}")
