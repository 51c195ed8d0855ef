"""A shop on a platform is connected (clauses 2.1.2, 6.2.1)."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from jiedan.connectors.accounts import PLATFORMS, sealed_credentials
from jiedan.connectors.models import Account
from jiedan.core.lifecycle import ConnectionStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.errors import Invalid
from jiedan.kernel.fields import lazy as _
from jiedan.orders.models import DataKey

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class ConnectShop(BaseModel):
    model_config = ConfigDict(extra="forbid")

    platform: Annotated[str, StringConstraints(pattern=f"^({'|'.join(PLATFORMS)})$")] = Field(title=_("Platform"))
    shop: Word = Field(title=_("Shop"))
    name: Word = Field(title=_("Name"))
    code: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")] = Field(
        title=_("Code"),
        description=_("Stands in the address that the other side sends to: small letters, digits, dashes."),
    )
    address: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300, pattern=r"^(https?://\S+)?$")] = (
        Field("", title=_("Address"), description=_("Where we ask or report to; empty when there is none."))
    )
    credentials: dict[str, str] = Field(title=_("Credentials"))


@action(
    _("Connect shop"),
    clause="2.1.2",
    on=Account,
    by={Role.SYSTEM_ADMIN, Role.SYSTEM},
    births=True,
    to=ConnectionStage.CONNECTED,
    private={"credentials"},
)
def connect_shop(data: ConnectShop, ctx: Context) -> None:
    """Connect a shop on a platform; its orders come in from then on."""
    if Account.objects.filter(code=data.code).exists():
        raise Invalid(
            {"code": [str(_("Another connection has this code; choose another."))]},
            str(_("Some fields need to be corrected.")),
        )
    key = DataKey.fresh()
    key.save()
    given = data.model_dump(include={"platform", "shop", "name", "code", "address"})
    account = ctx.birth(Account(key=key, credentials=sealed_credentials(key, data.credentials), **given))
    ctx.note(ref=account.ref, summary=account.name)
