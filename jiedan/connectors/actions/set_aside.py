"""A message that can't be used is kept (clause 2.1.2)."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict

from jiedan.connectors.models import Quarantined
from jiedan.core.lifecycle import MessageStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.orders import vault
from jiedan.orders.models import DataKey


class Unusable(BaseModel):
    model_config = ConfigDict(extra="forbid")

    account: int | None
    channel: str
    kind: str
    external_id: str
    cause: str
    reason_zh: str
    reason_en: str
    digest: str
    text: str
    at: datetime


@action(
    _("Set aside"),
    clause="2.1.2",
    on=Quarantined,
    by={Role.SYSTEM},
    births=True,
    to=MessageStage.WAITING,
    private={"text", "at"},
)
def set_aside(data: Unusable, ctx: Context) -> None:
    """Keep a message that could not be verified, read or taken in, sealed and with the reason, until somebody settles it."""
    key = DataKey.fresh()
    key.save()
    given = data.model_dump(exclude={"text", "at", "account"})
    sealed = vault.seal(key.opened(), {"raw": data.text}, "quarantine")
    row = Quarantined(account_id=data.account, key=key, sealed=sealed, first_at=data.at, last_at=data.at, **given)
    born = ctx.birth(row)
    ctx.note(ref=born.ref, summary=data.external_id)
