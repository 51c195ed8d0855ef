"""The platform says again what we have (clauses 2.1.2, 1.3.2)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition import changes
from jiedan.acquisition.incoming import IncomingOrder
from jiedan.core.lifecycle import AFTER_ACCEPTANCE, OrderStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.orders.models import Order


@action(
    _("Close a change notice"),
    clause="2.1.2",
    on=Order,
    by={Role.SYSTEM},
    when={*AFTER_ACCEPTANCE, OrderStage.CANCELLING},
    voids={"decide_change"},
    private=IncomingOrder.model_fields,
)
def settle_change(order: Order, data: IncomingOrder, ctx: Context) -> None:
    """Put on record that the platform's data are ours again; what waited for a decision is closed."""
    changes.outdate(order, ctx)
    order.noted_hash = ""
    ctx.note(ref=order.ref, summary=order.summary)
