"""The company says how its contracts are worded (clauses 2.3.2, 1.3.1)."""

from django.utils.translation import gettext_lazy as _t
from pydantic import Field

from jiedan.acquisition.entry import Reason
from jiedan.contract import editions
from jiedan.contract.template_input import Clauses, checked
from jiedan.core.contract_template import Kind
from jiedan.core.lifecycle import RuleStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.fields import lazy as _
from jiedan.kernel.models import Procedure


class SetContractTemplate(Reason):
    kind: Kind = Field(title=_("Kind of contract"))
    clauses: Clauses = Field(
        min_length=1,
        max_length=40,
        title=_("Clauses"),
        description=_(
            "A list, or text in which each clause begins with “## topic heading”; placeholders stand in braces."
        ),
    )
    based_on: int | None = Field(None, ge=0, le=2**31, title=_("Version that it was made from"))


@action(
    _t("Set a contract template"),
    clause="2.3.2",
    on=Procedure,
    by={Role.DECISION_MAKER},
    when={RuleStage.IN_FORCE},
)
def set_contract_template(procedure: Procedure, data: SetContractTemplate, ctx: Context) -> None:
    """Say how contracts for goods, for services or for both are worded. Contracts drawn already stay as they are."""
    clauses = checked(data.kind, (one.clause() for one in data.clauses))
    version = editions.put_in_force(data.kind, clauses, data.reason, ctx.actor.staff_id, ctx.now, data.based_on)
    ctx.note(ref=procedure.ref, kind=data.kind.value, version=version, clauses=[one.data() for one in clauses])
