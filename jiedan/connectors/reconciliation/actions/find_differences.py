"""A comparison found differences (clause 6.1.2)."""

from django.utils.translation import gettext_lazy as _

from jiedan.connectors.reconciliation.entry import NewDifferences
from jiedan.connectors.reconciliation.models import Difference, Reconciliation
from jiedan.connectors.reconciliation.words import on_record
from jiedan.core.lifecycle import ReconciliationStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context

NAMED, TOLD = 3, 50
"""Differences that the sentence names, and that the record holds; the rest is counted."""


@action(
    _("Find differences"),
    clause="6.1.2",
    on=Reconciliation,
    by={Role.SYSTEM},
    when=set(ReconciliationStage),
    to=ReconciliationStage.OPEN,
    private={"found"},
)
def find_differences(row: Reconciliation, data: NewDifferences, ctx: Context) -> None:
    """Keep what isn't the same here and on the platform, until it is mended or somebody explains it."""
    known = {(old.kind, old.external_id): old for old in row.differences.all()}
    number, fresh = len(known), []
    for found in data.found:
        old = known.get((found.kind, found.external_id))
        number += old is None
        values = found.model_dump(exclude={"order"}) | {"order_id": found.order, "found_at": ctx.now}
        difference = Difference(reconciliation=row, number=old.number if old else number, **values)
        difference.pk = old.pk if old else None
        fresh.append(difference)
    Difference.objects.bulk_create([new for new in fresh if new.pk is None], batch_size=500)
    for again in (new for new in fresh if new.pk is not None):
        again.save()
    row.open_differences += len(fresh)
    some = "，".join(on_record(found.kind, found.external_id) for found in data.found[:NAMED])
    summary = f"{row}：{len(fresh)} 处差异（{some}{'……' if len(fresh) > NAMED else ''}）"
    codes = {"count": len(fresh), "differences": [[found.kind, found.external_id] for found in data.found[:TOLD]]}
    ctx.note(ref=row.ref, summary=summary, codes=codes)
