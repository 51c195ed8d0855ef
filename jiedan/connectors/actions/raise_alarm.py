"""More messages of a connection can't be used than the company finds ordinary (clause 2.1.2)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition.entry import Input
from jiedan.connectors.models import Account
from jiedan.core.lifecycle import ConnectionStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context


class Growth(Input):
    """How many were set aside within an hour, and how many the company finds ordinary."""

    set_aside: int
    ordinary: int


@action(
    _("Raise alarm"),
    clause="2.1.2",
    on=Account,
    by={Role.SYSTEM},
    when={ConnectionStage.CONNECTED, ConnectionStage.PAUSED},
)
def raise_alarm(account: Account, data: Growth, ctx: Context) -> None:
    """Tell the heads and the system administrators that too many of a shop's messages can't be used."""
    ctx.note(ref=account.ref, summary=f"{account.name}：{data.set_aside} > {data.ordinary}")
