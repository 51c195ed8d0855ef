"""An account is closed for the time being (clause 6.2.3)."""

from django.utils.translation import gettext_lazy as _

from jiedan.administration.entry import Reason
from jiedan.administration.guards import not_myself
from jiedan.core.lifecycle import StaffStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.people.models import Staff


@action(
    _("Suspend staff member"),
    clause="6.2.3",
    on=Staff,
    by={Role.SYSTEM_ADMIN},
    when={StaffStage.EMPLOYED},
    to=StaffStage.SUSPENDED,
    guards=[not_myself],
)
def suspend_staff(staff: Staff, data: Reason, ctx: Context) -> None:
    """Close a colleague's account: sessions, tokens and roles stop working at once; the records stay."""
    staff.is_active = False
    ctx.note(ref=staff.ref, name=staff.name)
