"""Every row of a file was looked at (clause 2.1.2)."""

from django.utils.translation import gettext_lazy as _

from jiedan.connectors.spreadsheet.entry import Checked
from jiedan.connectors.spreadsheet.models import Import
from jiedan.core.lifecycle import ImportStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context


def _stage(row: Import) -> str:
    return ImportStage.UPLOADED if row.problem else ImportStage.CHECKED


@action(
    _("Finish check"),
    clause="2.1.2",
    on=Import,
    by={Role.SYSTEM},
    when={ImportStage.CHECKING},
    to=_stage,
    private={"problem"},
)
def finish_check(row: Import, data: Checked, ctx: Context) -> None:
    """Say what the file would bring: what is new, changed, unchanged and wrong; a person decides on it."""
    row.problem, row.orders, row.counts, row.moved_at = data.problem, data.orders, data.counts, ctx.now
    row.done = data.rows
    ctx.note(ref=row.ref, summary=f"{row.platform} {row.shop}")
