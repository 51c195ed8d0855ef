"""Somebody looks at more personal data than is ordinary (clause 6.2.4)."""

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict

from jiedan.core.lifecycle import StaffStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.people.models import Staff


class Revealing(BaseModel):
    """How often within an hour, and how often the company finds ordinary."""

    model_config = ConfigDict(extra="forbid")

    revealed_times: int
    ordinary: int


@action(
    _("Report revealing"),
    clause="6.2.4",
    on=Staff,
    by={Role.SYSTEM},
    when=set(StaffStage),
    quiet=True,
)
def report_revealing(staff: Staff, data: Revealing, ctx: Context) -> None:
    """Tell the heads and the security administrators that a colleague looks at unusually many customers' data."""
    ctx.note(ref=staff.ref, name=staff.name, summary=f"{staff.name}：{data.revealed_times} > {data.ordinary}")
