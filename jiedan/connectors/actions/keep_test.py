"""What came of trying a connection (clause 2.1.2)."""

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict

from jiedan.connectors.models import Account
from jiedan.core.lifecycle import ConnectionStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context


class Tested(BaseModel):
    """Whether it works, and what was found, in both languages."""

    model_config = ConfigDict(extra="forbid")

    works: bool
    found_zh: str
    found_en: str


@action(
    _("Keep test"),
    clause="2.1.2",
    on=Account,
    by={Role.SYSTEM},
    when={ConnectionStage.CONNECTED, ConnectionStage.PAUSED},
    quiet=True,
)
def keep_test(account: Account, data: Tested, ctx: Context) -> None:
    """Keep on the connection what a live test has found, with its time."""
    account.tested_at = ctx.now
    account.test_result = {"ok": data.works, "zh": data.found_zh, "en": data.found_en}
    ctx.note(ref=account.ref, summary=account.name)
