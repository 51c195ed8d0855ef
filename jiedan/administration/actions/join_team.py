"""A department forms a team (clauses 1.2, 3.1.1)."""

from typing import Annotated

from django.utils.translation import gettext as _now
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from jiedan.core.lifecycle import StaffStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.errors import Invalid
from jiedan.kernel.fields import lazy as _
from jiedan.people.models import Staff, Team


class JoinTeam(BaseModel):
    model_config = ConfigDict(extra="forbid")

    team: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)] = Field(
        title=_("Team"), description=_("A team of the colleague's department; a new name makes a new team.")
    )


@action(
    _("Put into team"),
    clause="1.2",
    on=Staff,
    by={Role.DEPARTMENT_HEAD},
    when={StaffStage.EMPLOYED},
)
def join_team(staff: Staff, data: JoinTeam, ctx: Context) -> None:
    """Put a colleague into a team of their department; the team is made when it doesn't exist yet."""
    team, _created = Team.objects.get_or_create(department_id=staff.department_id, name=data.team)
    if team.members.filter(pk=staff.pk).exists():
        raise Invalid(
            {"team": [_now("%(name)s is already in this team.") % {"name": staff.name}]},
            _now("Some fields need to be corrected."),
        )
    team.members.add(staff)
    ctx.note(ref=staff.ref, name=staff.name)
