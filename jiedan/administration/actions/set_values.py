"""The company sets its own values (procedure.md, "The company's own values"; clause 6.3.2)."""

from typing import Annotated

from django.utils.translation import gettext as _now
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from jiedan.administration.values import checked, put_in_force
from jiedan.core.lifecycle import RuleStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.errors import Invalid
from jiedan.kernel.fields import LocalDatetime
from jiedan.kernel.fields import lazy as _
from jiedan.kernel.models import Procedure


class SetValues(BaseModel):
    model_config = ConfigDict(extra="forbid")

    values: dict[str, str] = Field(title=_("Values"))
    effective_from: LocalDatetime | None = Field(None, title=_("In force from (empty: at once)"))
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] = Field(
        title=_("Reason")
    )


@action(
    _("Set values"),
    clause="6.3.2",
    on=Procedure,
    by={Role.DECISION_MAKER},
    when={RuleStage.IN_FORCE},
)
def set_values(procedure: Procedure, data: SetValues, ctx: Context) -> None:
    """Set the company's own values from a moment on; duties that already began keep the values they began under."""
    start = data.effective_from or ctx.now
    if start < ctx.now:
        raise Invalid(
            {"effective_from": [_now("Values can't be put in force in the past.")]},
            _now("Some fields need to be corrected."),
        )
    changes = checked(data.values)
    version = put_in_force(changes, start, data.reason, ctx.now)
    ctx.note(ref=procedure.ref, version=version, values={key: str(number) for key, number in changes.items()})
