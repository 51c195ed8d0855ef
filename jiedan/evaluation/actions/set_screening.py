"""The company says what orders are screened against (clause 1.3.1)."""

from pydantic import Field

from jiedan.acquisition.entry import Reason
from jiedan.core.lifecycle import RuleStage
from jiedan.core.roles import Role
from jiedan.evaluation.rules_input import Entries, entries_as_text
from jiedan.evaluation.screening import put_in_force
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.fields import lazy as _
from jiedan.kernel.models import Procedure


class SetScreening(Reason):
    entries: Entries = Field(
        min_length=1,
        max_length=500,
        title=_("Screening list"),
        description=_("One line an entry, e.g. “prohibited: 象牙|虎骨 = why”; see the page for the other kinds."),
    )


@action(
    _("Set screening list"),
    clause="1.3.1",
    on=Procedure,
    by={Role.DECISION_MAKER, Role.SYSTEM_ADMIN},
    when={RuleStage.IN_FORCE},
)
def set_screening(procedure: Procedure, data: SetScreening, ctx: Context) -> None:
    """Say which words and categories the law prohibits or a platform forbids; evaluations show where an order holds one."""
    entries = [entry.entry() for entry in data.entries]
    version = put_in_force(entries, data.reason, ctx.now)
    ctx.note(ref=procedure.ref, version=version, entries=entries_as_text(entries))
