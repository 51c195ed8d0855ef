"""Somebody wants to know whether a connection works (clause 2.1.2)."""

from django.utils.translation import gettext_lazy as _

from jiedan.connectors import live_test
from jiedan.connectors.models import Account
from jiedan.core.lifecycle import ConnectionStage
from jiedan.core.roles import Role
from jiedan.kernel.action import Nothing, action
from jiedan.kernel.dispatch import Context


@action(
    _("Test connection"),
    clause="2.1.2",
    on=Account,
    by={Role.SYSTEM_ADMIN},
    when={ConnectionStage.CONNECTED, ConnectionStage.PAUSED},
    quiet=True,
)
def try_connection(account: Account, data: Nothing, ctx: Context) -> None:
    """Call the other side once, signed with the connection's credentials, without effect on orders, and keep what came of it."""
    found = live_test.tried(account, ctx.now)
    account.tested_at = ctx.now
    account.test_result = {"ok": found.ok, "zh": found.zh, "en": found.en}
    ctx.note(ref=account.ref, summary=account.name, works=found.ok)
