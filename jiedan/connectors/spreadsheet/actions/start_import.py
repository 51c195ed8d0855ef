"""A file of orders or listings is uploaded (clauses 2.1.1, 2.1.2)."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _

from jiedan.connectors.spreadsheet import columns, jobs, layouts, sealed
from jiedan.connectors.spreadsheet.entry import Upload
from jiedan.connectors.spreadsheet.models import Import
from jiedan.core.lifecycle import ImportStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.errors import Invalid
from jiedan.orders.models import DataKey
from jiedan.people.models import Department


def _stage(row: Import) -> str:
    return ImportStage.CHECKING if row.mapping else ImportStage.UPLOADED


@action(
    _("Import from a file"),
    clause="2.1.2",
    on=Import,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD, Role.DECISION_MAKER, Role.SYSTEM},
    births=True,
    to=_stage,
    private={"content", "file_name"},
)
def start_import(data: Upload, ctx: Context) -> None:
    """Upload a list of orders or listings (.xlsx, .xls, .ods or .csv). It is checked first; nothing comes in before you confirm."""
    looked, key = data.looked, DataKey.fresh()
    key.save()
    row = Import(
        department_id=_department(data, ctx), by_id=ctx.actor.staff_id, language=get_language() or "zh-hans",
        holds=data.holds, platform=data.platform, shop=data.shop, file_name=data.file_name, digest=data.digest, size=len(data.content),
        kind=looked.form, sheet=looked.sheet, headers=looked.headers, first_row=looked.first_row, rows=looked.rows,
        layout=columns.layout_of(looked.headers), uploaded_at=ctx.now, moved_at=ctx.now, key=key,
        sample=sealed.seal(key.opened(), looked.sample, sealed.SAMPLE),
        mapping=layouts.remembered(data.holds, data.platform, data.shop, looked.headers) or {},
    )  # fmt: skip
    ctx.birth(row)
    sealed.keep_file(row, data.content)
    if row.stage == ImportStage.CHECKING:
        jobs.enqueue(row.pk, row.stage, ctx.channel)
    ctx.note(ref=row.ref, summary=f"{row.platform} {row.shop}", digest=row.digest, rows=row.rows)


def _department(data: Upload, ctx: Context) -> int:
    """The chosen one, the person's own, or one that they act for; the company's for the machine. Raises Invalid, Forbidden."""
    own = ctx.actor.department_id
    if data.department is not None:
        if not Department.objects.filter(pk=data.department, is_active=True).exclude(parent=None).exists():
            why = _text("There is no such department in use; choose one from the list.")
            raise Invalid({"department": [why]}, _text("Some fields need to be corrected."))
        chosen = data.department
    elif own is not None and ctx.actor.grant(ctx.action.by, own) is not None:
        chosen = own
    elif ctx.grant.departments:
        chosen = min(ctx.grant.departments)
    else:
        chosen = Department.objects.values_list("pk", flat=True).get(parent=None)
    ctx.require_department(chosen)
    return chosen
