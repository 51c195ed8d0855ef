"""The company says who decides on which orders (clauses 2.2.3, 1.3.4)."""

from pydantic import Field

from jiedan.acquisition.entry import Reason
from jiedan.core.lifecycle import RuleStage
from jiedan.core.roles import Role
from jiedan.evaluation.bodies import put_in_force
from jiedan.evaluation.rules_input import Rules, as_text, checked
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.fields import lazy as _
from jiedan.kernel.models import Procedure


class SetDecisionRules(Reason):
    rules: Rules = Field(
        min_length=1,
        max_length=100,
        title=_("Decision rules"),
        description=_(
            "In the order in which they are looked at, one a line, e.g. “majority head+decider+1003, amount=5000-20000, risk=medium-high, department=HOME”."
        ),
    )


@action(
    _("Set decision rules"),
    clause="2.2.3",
    on=Procedure,
    by={Role.DECISION_MAKER, Role.SYSTEM_ADMIN},
    when={RuleStage.IN_FORCE},
)
def set_decision_rules(procedure: Procedure, data: SetDecisionRules, ctx: Context) -> None:
    """Say who decides on which orders and how; the first rule that fits counts. What has been submitted stays with those who were asked."""
    rules = checked(data.rules)
    version = put_in_force(rules, data.reason, ctx.now)
    ctx.note(ref=procedure.ref, version=version, rules=as_text(rules))
