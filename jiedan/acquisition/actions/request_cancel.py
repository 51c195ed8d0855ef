"""The customer asks the platform to cancel (clause 2.1.2)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition.entry import Reason
from jiedan.core.deadlines import ALL
from jiedan.core.lifecycle import AFTER_ACCEPTANCE, OrderStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.orders.models import Order


@action(
    _("Request cancellation"),
    clause="2.1.2",
    on=Order,
    by={Role.SYSTEM},
    when={OrderStage.UNROUTED, OrderStage.ROUTED, *AFTER_ACCEPTANCE},
    to=OrderStage.CANCELLING,
    pauses={ALL},
)
def request_cancel(order: Order, data: Reason, ctx: Context) -> None:
    """Put on record that the customer asks to cancel; every clock stands still until that is settled."""
    order.stage_before_cancelling = order.stage
    order.cancel_refused = False
    ctx.note(ref=order.ref, summary=order.summary)
