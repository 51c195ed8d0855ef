"""Inputs that more than one of this room's steps uses."""

from enum import StrEnum
from typing import Annotated

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from jiedan.core.roles import ADMINS, GRANTABLE, Role
from jiedan.kernel.errors import Invalid
from jiedan.kernel.fields import DepartmentRef
from jiedan.kernel.fields import lazy as gettext_lazy
from jiedan.kernel.naming import role_title
from jiedan.people.models import Department, RoleAssignment, Staff

Grantable = StrEnum("Grantable", {role.name: role.value for role in Role if role in GRANTABLE})  # type: ignore[misc]


class Reason(BaseModel):
    """Why a step is taken."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] = Field(
        title=gettext_lazy("Reason")
    )


class RoleAt(BaseModel):
    """A role, and where."""

    model_config = ConfigDict(extra="forbid")

    role: Grantable = Field(title=gettext_lazy("Role"))
    department: DepartmentRef | None = Field(None, title=gettext_lazy("For (empty: the whole company)"))

    def place(self) -> Department:
        """The department that the role is for. Raises Invalid."""
        rows = Department.objects.filter(is_active=True)
        found = rows.filter(parent=None).first() if self.department is None else rows.filter(pk=self.department).first()
        if found is None:
            raise Invalid(
                {"department": [_("There is no such department in use; choose one from the list.")]},
                _("Some fields need to be corrected."),
            )
        return found

    def check_may_hold(self, staff: Staff) -> None:
        """The three administrators exclude one another and the business roles (D-01). Raises Invalid."""
        wanted = Role(self.role.value)
        held = {
            Role(role) for role in RoleAssignment.objects.filter(staff=staff, until=None).values_list("role", flat=True)
        }
        problem = ""
        if RoleAssignment.objects.filter(staff=staff, role=wanted, department=self.place(), until=None).exists():
            problem = _("%(name)s already holds this role there.") % {"name": staff.name}
        elif wanted in ADMINS and held:
            problem = _("An administrator holds no other role; %(name)s is %(role)s.") % _who(staff, held)
        elif held & ADMINS:
            problem = _("%(name)s is %(role)s; an administrator holds no other role.") % _who(staff, held)
        elif wanted in ADMINS and self.department is not None:
            problem = _("Administrators are there for the whole company; leave the department empty.")
        if problem:
            raise Invalid({"role": [problem]}, _("Some fields need to be corrected."))


def _who(staff: Staff, held: set[Role]) -> dict[str, str]:
    return {"name": staff.name, "role": "、".join(sorted(role_title(role) for role in held))}
