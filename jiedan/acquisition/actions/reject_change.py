"""The order stays as it was accepted, whatever the platform says now (clauses 2.1.2, 1.3.2)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition import changes
from jiedan.acquisition.entry import DecidedChange
from jiedan.acquisition.guards import change_waits
from jiedan.acquisition.models import ChangeNotice
from jiedan.core.lifecycle import AFTER_ACCEPTANCE
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.orders.models import Order


@action(
    _("Reject the change"),
    clause="2.1.2",
    on=Order,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD},
    when=AFTER_ACCEPTANCE,
    guards=[change_waits],
    stops={"decide_change"},
)
def reject_change(order: Order, data: DecidedChange, ctx: Context) -> None:
    """Leave the order as your department accepted it, and say why; the same message isn't asked about again."""
    changes.decide(order, data.content_hash, ChangeNotice.REJECTED, data.reason, ctx)
    ctx.note(ref=order.ref, summary=order.summary)
