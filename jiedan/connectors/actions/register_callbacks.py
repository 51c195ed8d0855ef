"""The other side says which callbacks it wants (clause 2.1.2)."""

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field

from jiedan.connectors.models import Account
from jiedan.core.lifecycle import ConnectionStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context


class Callbacks(BaseModel):
    model_config = ConfigDict(extra="forbid")

    methods: list[str] = Field(max_length=50)


@action(
    _("Register callbacks"),
    clause="2.1.2",
    on=Account,
    by={Role.SYSTEM},
    when={ConnectionStage.CONNECTED},
)
def register_callbacks(account: Account, data: Callbacks, ctx: Context) -> None:
    """Send this shop exactly these callbacks from now on, as it asked for itself."""
    before, account.callbacks = account.callbacks, data.methods
    ctx.note(ref=account.ref, summary=account.name, before=before)
