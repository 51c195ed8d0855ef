"""A message that couldn't be used is tried again (clause 2.1.2)."""

from typing import Annotated

from pydantic import Field, StringConstraints

from jiedan.acquisition.entry import Input
from jiedan.connectors import replaying
from jiedan.connectors.models import Quarantined
from jiedan.core.deadlines import ALL
from jiedan.core.lifecycle import MessageStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.fields import lazy as _


class Replay(Input):
    """For which connection, when the message itself doesn't say."""

    connection: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = Field(
        "",
        title=_("Connection"),
        description=_("Only when it came for none that we know: its reference or code."),
    )


@action(
    _("Try again"),
    clause="2.1.2",
    on=Quarantined,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD, Role.DECISION_MAKER, Role.SYSTEM_ADMIN},
    when={MessageStage.WAITING},
    to=MessageStage.SETTLED,
    voids={ALL},
    wherever=True,
)
def replay_message(message: Quarantined, data: Replay, ctx: Context) -> None:
    """Take the message in now that its cause is mended; it stays here when it still can't be used."""
    replaying.try_again(message, trusted=False, connection=data.connection)
    ctx.note(ref=message.ref, summary=message.external_id, cause=message.cause)
