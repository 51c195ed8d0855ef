"""Somebody acts for an absent colleague (clauses 1.3.4, 6.2.3)."""

from datetime import timedelta
from typing import Annotated

from django.utils.translation import gettext as _now
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from jiedan.administration.guards import is_employed, roles_within_my_reach
from jiedan.core.lifecycle import StaffStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.errors import Invalid
from jiedan.kernel.fields import LocalDatetime, StaffRef
from jiedan.kernel.fields import lazy as _
from jiedan.people.models import Staff, StandIn

LONGEST = timedelta(days=90)


class AppointStandIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    substitute: StaffRef = Field(title=_("Stand-in"))
    since: LocalDatetime = Field(title=_("From"))
    until: LocalDatetime = Field(title=_("Until"))
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] = Field(
        title=_("Reason")
    )


@action(
    _("Appoint stand-in"),
    clause="1.3.4",
    on=Staff,
    by={Role.DEPARTMENT_HEAD, Role.DECISION_MAKER},
    when={StaffStage.EMPLOYED},
    guards=[is_employed, roles_within_my_reach],
)
def appoint_stand_in(staff: Staff, data: AppointStandIn, ctx: Context) -> None:
    """Let a colleague act for an absent one for a time; every record will show both names."""
    problems: dict[str, list[str]] = {}
    substitute = (
        Staff.objects.filter(pk=data.substitute, is_active=True).exclude(pk__in=[staff.pk, ctx.actor.staff_id]).first()
    )
    if substitute is None:
        problems["substitute"] = [_now("Choose another colleague who is in office.")]
    if not data.since < data.until <= data.since + LONGEST:
        problems["until"] = [_now("The end has to be after the beginning, at most 90 days later.")]
    if problems or substitute is None:
        raise Invalid(problems, _now("Some fields need to be corrected."))
    StandIn.objects.create(staff=staff, substitute=substitute, since=data.since, until=data.until, reason=data.reason)
    ctx.note(ref=staff.ref, name=staff.name, substitute_name=substitute.name)
