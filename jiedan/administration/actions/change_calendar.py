"""Dates of the working calendar change (clause 2.1.2; every clock runs by it)."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from jiedan.administration.calendar import changed, newest, parsed, put_in_force
from jiedan.core.lifecycle import RuleStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.fields import lazy as _
from jiedan.kernel.models import CompanyCalendar


class ChangeCalendar(BaseModel):
    model_config = ConfigDict(extra="forbid")

    days: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60_000)] = Field(
        title=_("Dates"),
        description=_(
            "One line a date: date, then 休, 班, 半天 or windows such as 09:00-12:00, then a note; separated by commas."
        ),
    )
    announced: int | None = Field(None, ge=2000, le=2100, title=_("Year now officially announced"))
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] = Field(
        title=_("Reason")
    )


@action(
    _("Change calendar"),
    clause="2.1.2",
    on=CompanyCalendar,
    by={Role.DECISION_MAKER, Role.SYSTEM_ADMIN},
    when={RuleStage.IN_FORCE},
)
def change_calendar(calendar: CompanyCalendar, data: ChangeCalendar, ctx: Context) -> None:
    """Enter holidays, make-up working days or half days; clocks that already run keep the calendar they began under."""
    days = parsed(data.days)
    version = put_in_force(changed(newest(), days, data.announced), data.reason, ctx.now)
    ctx.note(ref=calendar.ref, version=version, days=[day.isoformat() for day in sorted(days)])
