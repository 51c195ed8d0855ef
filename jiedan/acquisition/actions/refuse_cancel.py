"""The company doesn't agree to a cancellation (clause 2.1.2)."""

from pydantic import Field

from jiedan.acquisition.clocks import DECIDE_LATER
from jiedan.acquisition.entry import Input, Line
from jiedan.core.deadlines import ALL
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.fields import lazy as _
from jiedan.orders.models import Order


class ToldReason(Input):
    """Why the order can't be cancelled any more; the platform and the customer are told."""

    reason: Line = Field(title=_("Reason"), description=_("The platform and the customer read it."))


def _stage_before(order: Order) -> str:
    return order.stage_before_cancelling


@action(
    _("Refuse cancellation"),
    clause="2.1.2",
    on=Order,
    by={Role.DEPARTMENT_HEAD},
    when={OrderStage.CANCELLING},
    to=_stage_before,
    resumes={ALL},
    starts=[DECIDE_LATER],
)
def refuse_cancel(order: Order, data: ToldReason, ctx: Context) -> None:
    """Tell the platform that the order can no longer be cancelled, and why; it goes on where it stood and its clocks run again."""
    order.cancel_refused = True
    ctx.note(ref=order.ref, summary=order.summary)
