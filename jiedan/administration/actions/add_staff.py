"""A person joins the company (clauses 1.2, 6.2.3)."""

from typing import Annotated

from django.utils.translation import gettext as _now
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from jiedan.core.lifecycle import StaffStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.errors import Invalid
from jiedan.kernel.fields import DepartmentRef
from jiedan.kernel.fields import lazy as _
from jiedan.people.models import Department, Staff


class AddStaff(BaseModel):
    model_config = ConfigDict(extra="forbid")

    number: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{2,30}$")] = Field(
        title=_("Staff number"), description=_("Letters, digits, dot, dash; it is the log-in name.")
    )
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)] = Field(
        title=_("Full name")
    )
    email: Annotated[str, StringConstraints(pattern=r"^$|^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=200)] = Field(
        "", title=_("E-mail")
    )
    department: DepartmentRef = Field(title=_("Department"))


@action(
    _("Add staff member"),
    clause="6.2.3",
    on=Staff,
    by={Role.SYSTEM_ADMIN},
    births=True,
    to=StaffStage.EMPLOYED,
    private=["email"],
)
def add_staff(data: AddStaff, ctx: Context) -> None:
    """Give a new colleague an account; roles are granted by the security administrator."""
    if Staff.objects.filter(number=data.number).exists():
        raise Invalid(
            {"number": [_now("This staff number is taken; choose another.")]}, _now("Some fields need to be corrected.")
        )
    if not Department.objects.filter(pk=data.department, is_active=True).exists():
        raise Invalid(
            {"department": [_now("There is no such department in use; choose one from the list.")]},
            _now("Some fields need to be corrected."),
        )
    staff = Staff(number=data.number, name=data.name, email=data.email, department_id=data.department)
    staff.set_unusable_password()
    ctx.birth(staff)
    ctx.note(ref=staff.ref)
