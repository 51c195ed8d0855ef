"""A new colleague gets the link to set their first password (clause 6.2.3, S-51)."""

from django.utils.translation import gettext_lazy as _

from jiedan.administration.first_admin import path_of_invitation
from jiedan.administration.guards import has_no_password, is_employed, not_myself
from jiedan.core.lifecycle import StaffStage
from jiedan.core.roles import Role
from jiedan.kernel.action import Nothing, action
from jiedan.kernel.dispatch import Context
from jiedan.people.models import Staff


@action(
    _("Invite staff member"),
    clause="6.2.3",
    on=Staff,
    by={Role.SYSTEM_ADMIN},
    when={StaffStage.EMPLOYED},
    guards=[is_employed, not_myself, has_no_password],
    quiet=True,
)
def invite_staff(staff: Staff, data: Nothing, ctx: Context) -> dict[str, str]:
    """Get the link with which a new colleague sets their first password; pass it on to nobody else."""
    ctx.note(ref=staff.ref, name=staff.name)
    return {"link": path_of_invitation(staff)}
