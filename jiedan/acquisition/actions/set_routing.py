"""The company says which department gets which orders (clauses 1.3.4, 2.1.2)."""

from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

from jiedan.acquisition.entry import Input
from jiedan.acquisition.routing_input import RoutingRule, as_text, from_text
from jiedan.acquisition.routing_rules import checked, codes, put_in_force
from jiedan.core.lifecycle import RuleStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.fields import lazy as _
from jiedan.kernel.models import Procedure

Rules = Annotated[list[RoutingRule], BeforeValidator(from_text, json_schema_input_type=list[RoutingRule] | str)]


class SetRouting(Input):
    rules: Rules = Field(
        min_length=1,
        max_length=200,
        title=_("Rules"),
        description=_(
            "All rules, in the order in which they are looked at: a list, or text with one line a rule, e.g. “HOME+SERV, shop=hangzhou, category=家居|服务, amount=500-1000, region=浙江省, word=安装, hours=within, most_open=20”."
        ),
    )
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] = Field(
        title=_("Reason")
    )
    based_on: int | None = Field(None, ge=0, le=2**31, title=_("Version that they were made from"))


@action(
    _("Set routing rules"),
    clause="1.3.4",
    on=Procedure,
    by={Role.DECISION_MAKER},
    when={RuleStage.IN_FORCE},
)
def set_routing(procedure: Procedure, data: SetRouting, ctx: Context) -> None:
    """Say which department gets which orders; the first rule that fits wins. Orders already routed stay where they are."""
    rules = checked(data.rules)
    version = put_in_force(rules, data.reason, ctx.now, data.based_on)
    ctx.note(ref=procedure.ref, version=version, rules=as_text(rules, {pk: code for code, pk in codes().items()}))
