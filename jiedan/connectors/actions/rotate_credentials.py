"""A connection gets other credentials (clauses 2.1.2, 6.2.1)."""

import json
from datetime import datetime, timedelta

from pydantic import Field

from jiedan.acquisition.entry import Reason
from jiedan.connectors.accounts import (
    FIELDS,
    made_secret,
    opened_credentials,
    sealed_credentials,
    wrong_secret,
)
from jiedan.connectors.actions.connect_shop import Key, Secret
from jiedan.connectors.models import Account
from jiedan.core.lifecycle import ConnectionStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.errors import Invalid
from jiedan.kernel.fields import lazy as _


class Rotation(Reason):
    """The new credentials; what is left empty stays, an empty secret of a webhook is made here."""

    secret: Secret = Field(
        "", title=_("New secret"), description=_("Empty: one is made and shown once (webhook only).")
    )
    app_key: Key = Field("", title=_("New app key"))
    access_token: Secret = Field("", title=_("New access token"))
    overlap_hours: int = Field(
        24,
        ge=0,
        le=168,
        title=_("Hours for which the old secret still counts"),
        description=_("0 to 168; 0 ends it now."),
    )


@action(
    _("Rotate credentials"),
    clause="6.2.1",
    on=Account,
    by={Role.SYSTEM_ADMIN, Role.SYSTEM},
    when={ConnectionStage.CONNECTED, ConnectionStage.PAUSED},
    private={"secret", "app_key", "access_token"},
)
def rotate_credentials(account: Account, data: Rotation, ctx: Context) -> dict[str, str] | None:
    """Change the connection's secret or keys; the old secret counts a while longer, so that nothing is refused meanwhile."""
    held = opened_credentials(account)
    secret, made = _secret(account, data)
    fresh = {name: value for name in FIELDS[account.platform] if (value := getattr(data, name, ""))} | {
        "secret": secret
    }
    account.credentials = sealed_credentials(account.key, held | fresh | {"earlier": _earlier(held, data, ctx.now)})
    ctx.note(ref=account.ref, summary=account.name, changed=sorted(name for name in fresh if fresh[name]))
    return {"secret": secret} if made else None


def _secret(account: Account, data: Rotation) -> tuple[str, bool]:
    if not data.secret and account.platform == "webhook":
        return made_secret(), True
    wrong = wrong_secret(account.platform, data.secret) if data.secret else str(_("This is required."))
    if wrong:
        raise Invalid({"secret": [wrong]}, str(_("Some fields need to be corrected.")))
    return data.secret, False


def _earlier(held: dict[str, str], data: Rotation, now: datetime) -> str:
    """The earlier secrets that still count, with their ends, as JSON."""
    kept = [row for row in json.loads(held.get("earlier", "[]")) if datetime.fromisoformat(row["until"]) > now]
    if data.overlap_hours and held.get("secret"):
        until = (now + timedelta(hours=data.overlap_hours)).isoformat()
        kept.append({"secret": held["secret"], "until": until})
    return json.dumps(kept)
