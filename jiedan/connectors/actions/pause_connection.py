"""A connection is paused (clause 2.1.2)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition.entry import Reason
from jiedan.connectors.models import Account
from jiedan.core.lifecycle import ConnectionStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context


@action(
    _("Pause connection"),
    clause="2.1.2",
    on=Account,
    by={Role.SYSTEM_ADMIN},
    when={ConnectionStage.CONNECTED},
    to=ConnectionStage.PAUSED,
)
def pause_connection(account: Account, data: Reason, ctx: Context) -> None:
    """Stop taking anything in from this shop until it is resumed; pushes are told to come back later."""
    ctx.note(ref=account.ref, summary=account.name)
