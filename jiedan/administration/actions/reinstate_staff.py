"""An account is opened again (clause 6.2.3)."""

from django.utils.translation import gettext_lazy as _

from jiedan.administration.entry import Reason
from jiedan.administration.guards import not_myself
from jiedan.core.lifecycle import StaffStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.people.models import Staff


@action(
    _("Reinstate staff member"),
    clause="6.2.3",
    on=Staff,
    by={Role.SYSTEM_ADMIN},
    when={StaffStage.SUSPENDED},
    to=StaffStage.EMPLOYED,
    guards=[not_myself],
)
def reinstate_staff(staff: Staff, data: Reason, ctx: Context) -> None:
    """Open a colleague's account again with the roles it still holds."""
    staff.is_active = True
    ctx.note(ref=staff.ref, name=staff.name)
