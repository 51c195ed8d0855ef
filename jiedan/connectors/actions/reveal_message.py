"""Somebody needs to see what a message said (clause 6.2.4)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition.entry import Reason
from jiedan.connectors.models import Quarantined
from jiedan.core.lifecycle import MessageStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.orders import vault


@action(
    _("Show original"),
    clause="6.2.4",
    on=Quarantined,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD, Role.DECISION_MAKER},
    when=set(MessageStage),
    quiet=True,
)
def reveal_message(message: Quarantined, data: Reason, ctx: Context) -> dict[str, str]:
    """See the message as it came, personal data included; that you did, and why, goes on record."""
    ctx.note(ref=message.ref, revealed=["raw"])
    return vault.unseal(message.key.opened(), bytes(message.sealed), "quarantine")
