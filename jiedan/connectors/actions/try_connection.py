"""Somebody wants to know whether a connection works (clause 2.1.2)."""

from django.db import transaction
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
    ctx.note(ref=account.ref, summary=account.name)
    # The other side may take seconds to answer: nothing must be locked that long.
    transaction.on_commit(lambda: live_test.carry_out(account.pk), robust=True)
