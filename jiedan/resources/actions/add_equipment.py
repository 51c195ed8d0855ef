"""A piece of equipment joins a department (clause 3.2.2)."""

from typing import Annotated

from django.utils.translation import gettext as _now
from pydantic import Field, StringConstraints

from jiedan.core.lifecycle import EquipmentStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.fields import DepartmentRef
from jiedan.kernel.fields import lazy as _
from jiedan.orders import access
from jiedan.people.actor import SYSTEM
from jiedan.resources.entry import Input, Short, department_in_use, wrong
from jiedan.resources.models import Equipment


class AddEquipment(Input):
    number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=30)] = Field(
        title=_("Number"), description=_("The one that stands on it.")
    )
    kind: Short = Field(title=_("Kind of equipment"), description=_("As the catalogue names it, e.g. 登高车."))
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)] = Field(title=_("Name"))
    department: DepartmentRef = Field(title=_("Department"))


@action(
    _("Add equipment"),
    clause="3.2.2",
    on=Equipment,
    by={Role.DEPARTMENT_HEAD, Role.DECISION_MAKER},
    births=True,
    to=EquipmentStage.IN_USE,
)
def add_equipment(data: AddEquipment, ctx: Context) -> None:
    """Put a tool, vehicle or machine on record, so that orders which need one are judged by what there is."""
    department = department_in_use(data.department, ctx)
    if access.visible(SYSTEM, Equipment).filter(number=data.number).exists():
        raise wrong("number", _now("This number is taken; look for the piece in the list."))
    piece = Equipment(number=data.number, kind=data.kind, name=data.name, department=department)
    ctx.birth(piece)
    ctx.note(ref=piece.ref, summary=f"{piece.number} {piece.name}")
