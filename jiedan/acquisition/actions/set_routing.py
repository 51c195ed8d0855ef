"""The company says which department gets which orders (clauses 1.3.4, 2.1.2)."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from jiedan.acquisition.routing_rules import parsed, put_in_force
from jiedan.core.lifecycle import RuleStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.fields import lazy as _
from jiedan.kernel.models import Procedure


class SetRouting(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rules: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)] = Field(
        title=_("Rules"),
        description=_(
            "One line a rule: department code, shop, category, separated by commas; an empty shop or category fits all. The first that fits wins. All rules are replaced."
        ),
    )
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] = Field(
        title=_("Reason")
    )


@action(
    _("Set routing rules"),
    clause="1.3.4",
    on=Procedure,
    by={Role.DECISION_MAKER},
    when={RuleStage.IN_FORCE},
)
def set_routing(procedure: Procedure, data: SetRouting, ctx: Context) -> None:
    """Say which department gets which orders, by shop and category; orders already routed stay where they are."""
    version = put_in_force(parsed(data.rules), data.reason, ctx.now)
    ctx.note(ref=procedure.ref, version=version)
