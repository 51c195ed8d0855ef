"""A message that couldn't be used is given up (clause 2.1.2)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition.entry import Reason
from jiedan.connectors.models import Quarantined
from jiedan.core.deadlines import ALL
from jiedan.core.lifecycle import MessageStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context


@action(
    _("Discard message"),
    clause="2.1.2",
    on=Quarantined,
    by={Role.DEPARTMENT_HEAD, Role.DECISION_MAKER, Role.SYSTEM_ADMIN},
    when={MessageStage.WAITING},
    to=MessageStage.DISCARDED,
    voids={ALL},
    wherever=True,
)
def discard_message(message: Quarantined, data: Reason, ctx: Context) -> None:
    """Give the message up because nothing is to be done with it, and say why; it stays on file."""
    ctx.note(ref=message.ref, summary=message.external_id, cause=message.cause)
