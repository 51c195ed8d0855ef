"""A colleague is back (clauses 1.3.4, 6.2.3)."""

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from jiedan.core.lifecycle import StaffStage
from jiedan.core.roles import Role
from jiedan.kernel.action import Nothing, action
from jiedan.kernel.dispatch import Context
from jiedan.people.models import Staff, StandIn


def has_stand_in(staff: Staff, ctx: Context) -> str | None:
    """A guard: there is somebody standing in."""
    if StandIn.objects.filter(staff=staff, ended_at=None, until__gt=ctx.now).exists():
        return None
    return _now("Nobody stands in for %(name)s.") % {"name": staff.name}


@action(
    _("End stand-in"),
    clause="1.3.4",
    on=Staff,
    by={Role.DEPARTMENT_HEAD, Role.DECISION_MAKER},
    when={StaffStage.EMPLOYED, StaffStage.SUSPENDED},
    guards=[has_stand_in],
)
def end_stand_in(staff: Staff, data: Nothing, ctx: Context) -> None:
    """End every standing-in for this colleague now."""
    ended = StandIn.objects.filter(staff=staff, ended_at=None, until__gt=ctx.now).update(ended_at=ctx.now)
    ctx.note(ref=staff.ref, name=staff.name, ended=ended)
