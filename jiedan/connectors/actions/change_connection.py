"""A connection gets another name or address (clause 2.1.2)."""

from pydantic import Field

from jiedan.acquisition.entry import Reason
from jiedan.connectors.actions.connect_shop import Address, Word
from jiedan.connectors.models import Account
from jiedan.core.lifecycle import ConnectionStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.errors import Invalid
from jiedan.kernel.fields import lazy as _


class ChangedConnection(Reason):
    """What it is called from now on, and where we ask or report to; what is left empty stays."""

    name: Word | None = Field(None, title=_("Name"))
    address: Address = Field(
        "", title=_("Address"), description=_("Beginning with https:// or http://; what is left empty stays.")
    )


@action(
    _("Change connection"),
    clause="2.1.2",
    on=Account,
    by={Role.SYSTEM_ADMIN, Role.SYSTEM},
    when={ConnectionStage.CONNECTED, ConnectionStage.PAUSED},
)
def change_connection(account: Account, data: ChangedConnection, ctx: Context) -> None:
    """Give the connection another name, or another address to ask or report to; its orders and secrets stay."""
    name, address = data.name or account.name, data.address or account.address
    if (name, address) == (account.name, account.address):
        raise Invalid({"name": [str(_("Nothing was changed."))]}, str(_("Some fields need to be corrected.")))
    ctx.note(ref=account.ref, summary=name, before=[account.name, account.address])
    account.name, account.address = name, address
