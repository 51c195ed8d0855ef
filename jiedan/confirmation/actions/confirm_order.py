"""The confirmed order is entered: the agreed terms, complete and right (clause 2.3.3)."""

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from jiedan.confirmation import checking
from jiedan.confirmation.carrying import carry_over
from jiedan.confirmation.guards import contract_is_signed
from jiedan.core.entry_checks import faults
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.kernel.action import Nothing, action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.errors import Invalid
from jiedan.orders.models import Order
from jiedan.terms import papers
from jiedan.terms.sheet import said


@action(
    _("Enter the confirmed order"),
    clause="2.3.3",
    on=Order,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD},
    when={OrderStage.AGREED, OrderStage.SIGNED},
    to=OrderStage.CONFIRMED,
    guards=[contract_is_signed],
    stops={"confirm_order"},
)
def confirm_order(order: Order, data: Nothing, ctx: Context) -> None:
    """Carry the agreed terms over into the order, after checking that they are complete, add up, and equal the contract."""
    entry, sheet = checking.entry_of(order), papers.agreed(order)
    if entry is None or sheet is None:
        raise TypeError(f"{order.ref} is in stage {order.stage} without agreed terms")
    problems: dict[str, list[str]] = {}
    for fault in faults(entry):
        problems.setdefault(fault.field, []).append(said(fault))
    if problems:
        raise Invalid(problems, _now("The order can't be entered; what is missing or wrong is named below."))
    differs = carry_over(order, entry.terms)
    ctx.note(
        ref=order.ref, summary=order.summary, content_hash=sheet.content_hash, total=f"{order.total:.2f}",
        promised_on=None if order.promised_on is None else order.promised_on.isoformat(), differs=differs,
    )  # fmt: skip
