"""The platform sends other data for an order already accepted (clauses 2.1.2, 1.3.2)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition import changes
from jiedan.acquisition.clocks import DECIDE
from jiedan.acquisition.incoming import IncomingOrder
from jiedan.core.lifecycle import AFTER_ACCEPTANCE, OrderStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.orders.models import Order


@action(
    _("Note a change by the platform"),
    clause="2.1.2",
    on=Order,
    by={Role.SYSTEM},
    when={*AFTER_ACCEPTANCE, OrderStage.CANCELLING},
    starts=[DECIDE],
    private=IncomingOrder.model_fields,
)
def note_change(order: Order, data: IncomingOrder, ctx: Context) -> None:
    """Put on record that the platform sent other data after the order was accepted; nothing is overwritten, and the time to decide begins."""
    changes.put_down(order, data, ctx)
    ctx.note(ref=order.ref, summary=order.summary)
