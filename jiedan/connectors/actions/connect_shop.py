"""A shop on a platform is connected (clauses 2.1.2, 6.2.1)."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from jiedan.connectors.accounts import FIELDS, have_pulled, made_secret, sealed_credentials, wrong_secret
from jiedan.connectors.models import Account
from jiedan.core.lifecycle import ConnectionStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.errors import Invalid
from jiedan.kernel.fields import Concealed
from jiedan.kernel.fields import lazy as _
from jiedan.orders.models import DataKey

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Address = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^(https?://[^\s/]\S*)?$")]
Key = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Secret = Annotated[Key, Concealed()]


class ConnectShop(BaseModel):
    model_config = ConfigDict(extra="forbid")

    platform: Literal["kaola", "yanxuan", "webhook"] = Field(title=_("Platform"))
    shop: Word = Field(title=_("Shop"))
    name: Word = Field(title=_("Name"))
    code: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")] = Field(
        title=_("Code"),
        description=_("Stands in the address that the other side sends to: small letters, digits, dashes."),
    )
    address: Address = Field(
        "",
        title=_("Address"),
        description=_("Where we ask or report to, beginning with https:// or http://; empty when there is none."),
    )
    app_key: Key = Field("", title=_("App key"), description=_("Kaola and Yanxuan channel."))
    secret: Secret = Field("", title=_("Secret"), description=_("Empty: one is made and shown once (webhook only)."))
    access_token: Secret = Field("", title=_("Access token"), description=_("Kaola."))


@action(
    _("Connect shop"),
    clause="2.1.2",
    on=Account,
    by={Role.SYSTEM_ADMIN, Role.SYSTEM},
    births=True,
    to=ConnectionStage.CONNECTED,
    private={"app_key", "secret", "access_token"},
)
def connect_shop(data: ConnectShop, ctx: Context) -> dict[str, str] | None:
    """Connect a shop on a platform; its orders come in from then on."""
    held = {name: getattr(data, name) for name in FIELDS[data.platform]}
    made = data.platform == "webhook" and not data.secret
    if made:
        held["secret"] = made_secret()
    _refuse(data, held)
    key = DataKey.fresh()
    key.save()
    given = data.model_dump(include={"platform", "shop", "name", "code", "address"})
    account = ctx.birth(Account(key=key, credentials=sealed_credentials(key, held), **given))
    have_pulled(account, ctx.now)
    ctx.note(ref=account.ref, summary=account.name)
    return {"secret": held["secret"]} if made else None


def _refuse(data: ConnectShop, held: dict[str, str]) -> None:
    """Raise Invalid for what is missing or taken."""
    problems = {name: [str(_("This is required."))] for name in FIELDS[data.platform] if not held[name]}
    if data.platform == "kaola" and not data.address:
        problems["address"] = [str(_("This is required."))]
    wrong = wrong_secret(data.platform, held["secret"]) if held["secret"] else None
    if wrong:
        problems["secret"] = [wrong]
    if Account.objects.filter(code=data.code).exists():
        problems["code"] = [str(_("Another connection has this code; choose another."))]
    if Account.objects.filter(platform=data.platform, shop=data.shop).exists():
        problems["shop"] = [str(_("This shop is connected already; rotate its credentials instead."))]
    if problems:
        raise Invalid(problems, str(_("Some fields need to be corrected.")))
