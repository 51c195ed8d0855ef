"""The customer wants the order after all (clause 2.1.2)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition.clocks import DECIDE_LATER
from jiedan.acquisition.entry import Reason
from jiedan.core.deadlines import ALL
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.orders.models import Order


def _stage_before(order: Order) -> str:
    return order.stage_before_cancelling


@action(
    _("Withdraw cancellation"),
    clause="2.1.2",
    on=Order,
    by={Role.SYSTEM, Role.DEPARTMENT_HEAD},
    when={OrderStage.CANCELLING},
    to=_stage_before,
    resumes={ALL},
    starts=[DECIDE_LATER],
)
def withdraw_cancel(order: Order, data: Reason, ctx: Context) -> None:
    """Put on record that the cancellation is off; the order goes on where it stood and its clocks run again."""
    # What the platform itself took back it may ask for again; what a person did, it may not know of yet.
    order.cancel_refused = not ctx.actor.is_system
    ctx.note(ref=order.ref, summary=order.summary)
