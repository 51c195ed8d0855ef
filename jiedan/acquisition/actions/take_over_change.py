"""The order takes over what the platform says after it was accepted (clauses 2.1.2, 1.3.2)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition import changes, differences, taking_in
from jiedan.acquisition.entry import DecidedChange
from jiedan.acquisition.guards import change_waits
from jiedan.acquisition.models import ChangeNotice
from jiedan.core.lifecycle import AFTER_ACCEPTANCE, FROZEN
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.orders.models import Order


@action(
    _("Take the change over"),
    clause="2.1.2",
    on=Order,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD},
    when=AFTER_ACCEPTANCE - FROZEN,
    guards=[change_waits],
    stops={"decide_change"},
)
def take_over_change(order: Order, data: DecidedChange, ctx: Context) -> None:
    """Bring the order up to what the platform now says, and say why or how the customer agreed."""
    notice = changes.decide(order, data.content_hash, ChangeNotice.TAKEN_OVER, data.reason, ctx)
    incoming = changes.opened(notice)
    differs = differences.between(order, incoming).facts()
    before = order.source_hash
    ctx.note(**taking_in.revise(order, incoming), source_hash_before=before, differs=differs)
    order.noted_hash = ""
