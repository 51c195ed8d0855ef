"""A department says what it takes on (clause 2.1.1)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition.entry import ToDepartment
from jiedan.acquisition.scope_input import SetScope
from jiedan.acquisition.scopes import put_in_force
from jiedan.core.lifecycle import RuleStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.models import Procedure


@action(
    _("Declare what a department takes on"),
    clause="2.1.1",
    on=Procedure,
    by={Role.DEPARTMENT_HEAD, Role.DECISION_MAKER},
    when={RuleStage.IN_FORCE},
    wherever=True,
)
def set_scope(procedure: Procedure, data: SetScope, ctx: Context) -> None:
    """Say what your department does, for how much, where and how fast; listings are scored by it, with the reasons."""
    department = ToDepartment(department=data.department, reason="-").other_than(0)
    ctx.require_department(department.pk)
    scope = data.scope()
    version = put_in_force(department, scope, data.reason, ctx.actor.staff_id, ctx.now, data.based_on)
    ctx.note(ref=procedure.ref, department=department.code, version=version, scope=scope.kept())
