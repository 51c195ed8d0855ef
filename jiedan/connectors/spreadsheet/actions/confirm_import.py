"""Somebody wants what a file holds (clauses 2.1.1, 2.1.2)."""

from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _

from jiedan.connectors.spreadsheet import jobs
from jiedan.connectors.spreadsheet.models import Import
from jiedan.connectors.spreadsheet.results import WRONG
from jiedan.core.lifecycle import ImportStage
from jiedan.core.roles import Role
from jiedan.kernel.action import Nothing, action
from jiedan.kernel.dispatch import Context


def _has_orders(row: Import, _ctx: Context) -> str | None:
    if any(count for outcome, count in row.counts.items() if outcome != WRONG):
        return None
    return _text("No row of the file could come in; correct the file and upload it again.")


@action(
    _("Confirm import"),
    clause="2.1.2",
    on=Import,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD, Role.DECISION_MAKER, Role.SYSTEM},
    when={ImportStage.CHECKED},
    to=ImportStage.IMPORTING,
    guards=[_has_orders],
)
def confirm_import(row: Import, data: Nothing, ctx: Context) -> None:
    """Take in what the check found right; wrong rows stay out and come back to you in the file, with the reason."""
    foreseen, row.confirmed_by_id = row.counts, ctx.actor.staff_id
    row.done, row.counts, row.moved_at = 0, {}, ctx.now
    jobs.enqueue(row.pk, ImportStage.IMPORTING, ctx.channel)
    ctx.note(ref=row.ref, summary=f"{row.platform} {row.shop}", codes={"foreseen": foreseen})
