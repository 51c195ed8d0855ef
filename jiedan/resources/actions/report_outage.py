"""A piece of equipment can't be used for a time (clause 3.2.2)."""

from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _now
from pydantic import Field

from jiedan.core.lifecycle import EquipmentStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.fields import lazy as _
from jiedan.resources.entry import Reason, wrong
from jiedan.resources.models import Equipment, Outage


class ReportOutage(Reason):
    since: date = Field(title=_("From"))
    until: date | None = Field(None, title=_("To, that day included"), description=_("Empty: until further notice."))


@action(
    _("Put out of order"),
    clause="3.2.2",
    on=Equipment,
    by={Role.DEPARTMENT_HEAD, Role.DECISION_MAKER, Role.EXECUTOR},
    when={EquipmentStage.IN_USE},
)
def report_outage(equipment: Equipment, data: ReportOutage, ctx: Context) -> None:
    """Say from when to when it can't be used: broken, in repair, lent out. Whoever works with it may say so."""
    if data.until is not None and data.until < data.since:
        raise wrong("until", _now("It ends before it begins."))
    open_end = Q(until=None) | Q(until__gte=data.since)
    rows = equipment.outages.filter(open_end)
    if (rows if data.until is None else rows.filter(since__lte=data.until)).exists():
        raise wrong("since", _now("It is out of order on some of these days already."))
    Outage.objects.create(equipment=equipment, since=data.since, until=data.until, reason=data.reason)
    ctx.note(ref=equipment.ref, summary=f"{equipment.number} {equipment.name}")
