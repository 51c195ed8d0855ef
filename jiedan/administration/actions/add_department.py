"""The organisation gets a department (clause 1.2)."""

from typing import Annotated

from django.utils.translation import gettext as _now
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from jiedan.core.lifecycle import RuleStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.errors import Invalid
from jiedan.kernel.fields import DepartmentRef
from jiedan.kernel.fields import lazy as _
from jiedan.kernel.models import Procedure
from jiedan.people.models import Department


class AddDepartment(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9_-]{1,20}$")] = Field(
        title=_("Code"), description=_("Capital letters and digits.")
    )
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)] = Field(title=_("Name"))
    parent: DepartmentRef | None = Field(None, title=_("Belongs to (empty: the company)"))


@action(
    _("Add department"),
    clause="1.2",
    on=Procedure,
    by={Role.SYSTEM_ADMIN},
    when={RuleStage.IN_FORCE},
)
def add_department(procedure: Procedure, data: AddDepartment, ctx: Context) -> None:
    """Add a department to the organisation; orders can then be routed to it and roles held in it."""
    above = (
        Department.objects.filter(parent=None)
        if data.parent is None
        else Department.objects.filter(pk=data.parent, is_active=True)
    )
    parent = above.first()
    problems: dict[str, list[str]] = {}
    if parent is None:
        problems["parent"] = [_now("There is no such department in use; choose one from the list.")]
    if Department.objects.filter(code=data.code).exists():
        problems["code"] = [_now("This code is taken; choose another.")]
    if problems or parent is None:
        raise Invalid(problems, _now("Some fields need to be corrected."))
    Department.objects.create(code=data.code, name=data.name, parent=parent)
    ctx.note(ref=procedure.ref, belongs_to=parent.name)
