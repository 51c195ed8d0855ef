"""Too much comes in for connections that don't exist (clause 2.1.2)."""

from django.utils.translation import gettext_lazy as _

from jiedan.connectors.actions.raise_alarm import Growth
from jiedan.connectors.models import Quarantined
from jiedan.core.lifecycle import MessageStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context


@action(
    _("Report strangers"),
    clause="2.1.2",
    on=Quarantined,
    by={Role.SYSTEM},
    when={MessageStage.WAITING},
    quiet=True,
)
def report_strangers(message: Quarantined, data: Growth, ctx: Context) -> None:
    """Tell the system administrators that many messages are sent to connections that don't exist."""
    ctx.note(ref=message.ref, summary=f"{data.set_aside} > {data.ordinary}")
