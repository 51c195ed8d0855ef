"""Running clocks move to the rules now in force (procedure.md, "The company's own values")."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition.entry import Reason
from jiedan.core.lifecycle import AFTER_ACCEPTANCE, OrderStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.clocks import shown_due_times
from jiedan.kernel.dispatch import Context
from jiedan.orders.models import Order


@action(
    _("Re-base deadlines"),
    clause="2.1.2",
    on=Order,
    by={Role.DEPARTMENT_HEAD, Role.DECISION_MAKER},
    when={OrderStage.UNROUTED, OrderStage.ROUTED, *AFTER_ACCEPTANCE},
)
def rebase_deadlines(order: Order, data: Reason, ctx: Context) -> None:
    """Have the order's open clocks judged by the working calendar now in force instead of the one they began under."""
    ctx.rebase = ctx.rules.versions
    ctx.note(ref=order.ref, due_before=shown_due_times(order))
