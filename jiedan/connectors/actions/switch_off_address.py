"""Nobody takes what we send to a shop's address (clause 2.1.2)."""

from typing import Literal

from pydantic import Field

from jiedan.acquisition.entry import Input
from jiedan.connectors.models import Account
from jiedan.core.lifecycle import ConnectionStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.fields import lazy as _


class Unanswered(Input):
    """Why nothing more is sent there: the other side said that it is gone (410), or took nothing for three days."""

    why: Literal["gone", "silent"] = Field(title=_("Why"))


@action(
    _("Switch off address"),
    clause="2.1.2",
    on=Account,
    by={Role.SYSTEM},
    when={ConnectionStage.CONNECTED, ConnectionStage.PAUSED},
)
def switch_off_address(account: Account, data: Unanswered, ctx: Context) -> None:
    """Send nothing more to the shop's address, because the other side said that it is gone or took nothing for three days; the administrator gives another one."""
    ctx.note(ref=account.ref, summary=account.name, address_before=account.address)
    account.address = ""
