"""A piece of equipment can be used again (clause 3.2.2)."""

from django.db.models import Q
from django.utils.timezone import localtime

from jiedan.core.lifecycle import EquipmentStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.fields import lazy as _
from jiedan.resources.entry import Reason
from jiedan.resources.guards import is_out_of_order
from jiedan.resources.models import Equipment
from jiedan.resources.outages import ended


@action(
    _("Put back in order"),
    clause="3.2.2",
    on=Equipment,
    by={Role.DEPARTMENT_HEAD, Role.DECISION_MAKER, Role.EXECUTOR},
    when={EquipmentStage.IN_USE},
    guards=[is_out_of_order],
)
def end_outage(equipment: Equipment, data: Reason, ctx: Context) -> None:
    """Say that it can be used from today on; what was entered for later days is dropped, what is past stays on record."""
    today = localtime(ctx.now).date()
    rows = equipment.outages.filter(Q(until=None) | Q(until__gte=today)).order_by("since")
    ctx.note(ref=equipment.ref, summary=f"{equipment.number} {equipment.name}", out=ended(rows, today))
