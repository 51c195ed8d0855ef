"""A message that can't be verified is taken all the same, by somebody's decision (clause 2.1.2)."""

from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _

from jiedan.acquisition.entry import Reason
from jiedan.connectors import replaying
from jiedan.connectors.actions.replay_message import Replay
from jiedan.connectors.models import Quarantined
from jiedan.core.deadlines import ALL
from jiedan.core.lifecycle import MessageStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context


class Trust(Reason, Replay):
    """Why it is taken, and for which connection."""


def _was_not_verified(message: Quarantined, _ctx: Context) -> str | None:
    if message.cause in replaying.UNVERIFIED:
        return None
    return _text("Who sent it is certain; try it again instead.")


@action(
    _("Take although unverified"),
    clause="2.1.2",
    on=Quarantined,
    by={Role.DECISION_MAKER},
    when={MessageStage.WAITING},
    to=MessageStage.SETTLED,
    voids={ALL},
    guards=[_was_not_verified],
)
def trust_message(message: Quarantined, data: Trust, ctx: Context) -> None:
    """Take the message in although nobody can prove who sent it; ask the sender first, and say what you learned."""
    replaying.try_again(message, trusted=True, connection=data.connection)
    ctx.note(ref=message.ref, summary=message.external_id, cause=message.cause)
