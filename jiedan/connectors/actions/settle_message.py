"""A message that couldn't be used is settled because a good one came (clause 2.1.2)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition.entry import Reason
from jiedan.connectors.models import Quarantined
from jiedan.core.deadlines import ALL
from jiedan.core.lifecycle import MessageStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context


@action(
    _("Settle message"),
    clause="2.1.2",
    on=Quarantined,
    by={Role.SYSTEM},
    when={MessageStage.WAITING},
    to=MessageStage.SETTLED,
    voids={ALL},
)
def settle_message(message: Quarantined, data: Reason, ctx: Context) -> None:
    """Close a message that could not be used, because the platform has since sent a good one for the same order."""
    ctx.note(ref=message.ref, summary=message.external_id)
