"""A paused connection goes on (clause 2.1.2)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition.entry import Reason
from jiedan.connectors.models import Account
from jiedan.core.lifecycle import ConnectionStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context


@action(
    _("Resume connection"),
    clause="2.1.2",
    on=Account,
    by={Role.SYSTEM_ADMIN},
    when={ConnectionStage.PAUSED},
    to=ConnectionStage.CONNECTED,
)
def resume_connection(account: Account, data: Reason, ctx: Context) -> None:
    """Take orders in from this shop again."""
    ctx.note(ref=account.ref, summary=account.name)
