"""A piece of equipment is gone for good (clause 3.2.2)."""

from jiedan.core.deadlines import ALL
from jiedan.core.lifecycle import EquipmentStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.fields import lazy as _
from jiedan.resources.entry import Reason
from jiedan.resources.models import Equipment


@action(
    _("Retire equipment"),
    clause="3.2.2",
    on=Equipment,
    by={Role.DEPARTMENT_HEAD, Role.DECISION_MAKER},
    when={EquipmentStage.IN_USE},
    to=EquipmentStage.RETIRED,
    voids={ALL},
)
def retire_equipment(equipment: Equipment, data: Reason, ctx: Context) -> None:
    """Take it out of the books: scrapped, sold or lost. It counts for no order from now on."""
    ctx.note(ref=equipment.ref, summary=f"{equipment.number} {equipment.name}")
