"""What a person can do (clauses 1.2, 3.2.1)."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from jiedan.core.lifecycle import StaffStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.fields import lazy as _
from jiedan.people.models import Skill, Staff, StaffSkill


class SetSkill(BaseModel):
    model_config = ConfigDict(extra="forbid")

    skill: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)] = Field(
        title=_("Skill")
    )
    level: Literal["1", "2", "3", "0"] = Field(
        "2", title=_("Level (1 learning, 2 able, 3 teaches others, 0 no longer)")
    )


@action(
    _("Set skill"),
    clause="3.2.1",
    on=Staff,
    by={Role.DEPARTMENT_HEAD},
    when={StaffStage.EMPLOYED},
)
def set_skill(staff: Staff, data: SetSkill, ctx: Context) -> None:
    """Put on record what a colleague can do and how well, so that orders find the right people."""
    if data.level == "0":
        StaffSkill.objects.filter(staff=staff, skill__name=data.skill).delete()
    else:
        skill, _created = Skill.objects.get_or_create(name=data.skill)
        StaffSkill.objects.update_or_create(staff=staff, skill=skill, defaults={"level": int(data.level)})
    ctx.note(ref=staff.ref, name=staff.name)
