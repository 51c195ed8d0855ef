"""A person no longer holds a role (clause 6.2.3)."""

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from jiedan.administration.entry import RoleAt
from jiedan.administration.guards import not_myself
from jiedan.core.lifecycle import StaffStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.errors import Invalid
from jiedan.people.models import RoleAssignment, Staff


@action(
    _("End role"),
    clause="6.2.3",
    on=Staff,
    by={Role.SECURITY_ADMIN},
    when={StaffStage.EMPLOYED, StaffStage.SUSPENDED},
    guards=[not_myself],
)
def end_role(staff: Staff, data: RoleAt, ctx: Context) -> None:
    """Take a role away from a colleague; it ends with the next click."""
    department = data.place()
    held = RoleAssignment.objects.filter(staff=staff, role=data.role, department=department, until=None)
    if not held.update(until=ctx.now):
        raise Invalid(
            {"role": [_now("%(name)s doesn't hold this role there.") % {"name": staff.name}]},
            _now("Some fields need to be corrected."),
        )
    ctx.note(ref=staff.ref, name=staff.name, department_name=department.name)
