"""A connection ends (clause 2.1.2)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition.entry import Reason
from jiedan.connectors.models import Account
from jiedan.core.deadlines import ALL
from jiedan.core.lifecycle import ConnectionStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context


@action(
    _("Close connection"),
    clause="2.1.2",
    on=Account,
    by={Role.SYSTEM_ADMIN},
    when={ConnectionStage.CONNECTED, ConnectionStage.PAUSED},
    to=ConnectionStage.CLOSED,
    voids={ALL},
)
def close_connection(account: Account, data: Reason, ctx: Context) -> None:
    """End the connection for good: nothing is taken in from it any more, and its address answers like one unknown."""
    ctx.note(ref=account.ref, summary=account.name)
