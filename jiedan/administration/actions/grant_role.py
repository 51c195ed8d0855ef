"""A person is given a role for a department (clause 6.2.3)."""

from django.utils.translation import gettext_lazy as _

from jiedan.administration.entry import RoleAt
from jiedan.administration.guards import is_employed, not_myself
from jiedan.core.lifecycle import StaffStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.people.models import RoleAssignment, Staff


@action(
    _("Grant role"),
    clause="6.2.3",
    on=Staff,
    by={Role.SECURITY_ADMIN},
    when={StaffStage.EMPLOYED},
    guards=[is_employed, not_myself],
)
def grant_role(staff: Staff, data: RoleAt, ctx: Context) -> None:
    """Give a colleague a role for a department and those below it; it holds from the next click on."""
    department = data.place()
    data.check_may_hold(staff)
    RoleAssignment.objects.create(staff=staff, role=data.role, department=department, since=ctx.now)
    ctx.note(ref=staff.ref, name=staff.name, department_name=department.name)
