"""Goods come in or go out (clause 3.2.2)."""

from django.utils.translation import gettext as _now
from pydantic import Field

from jiedan.core.lifecycle import ItemStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.fields import lazy as _
from jiedan.resources.entry import Reason, wrong
from jiedan.resources.guards import is_goods, was_counted
from jiedan.resources.models import Item
from jiedan.resources.stock import put_down


class AdjustStock(Reason):
    change: int = Field(
        ge=-100_000_000,
        le=100_000_000,
        title=_("More or less"),
        description=_("E.g. 50 for what came in, -3 for what is broken."),
    )


@action(
    _("Adjust stock"),
    clause="3.2.2",
    on=Item,
    by={Role.DEPARTMENT_HEAD, Role.DECISION_MAKER},
    when={ItemStage.OFFERED, ItemStage.WITHDRAWN},
    guards=[is_goods, was_counted],
)
def adjust_stock(item: Item, data: AdjustStock, ctx: Context) -> None:
    """Put down what came in or went out, with the reason."""
    balance = (item.on_hand or 0) + data.change
    if data.change == 0:
        raise wrong("change", _now("Nothing would change."))
    if balance < 0:
        raise wrong("change", _now("Only %(n)d are on hand; count again if that is wrong.") % {"n": item.on_hand})
    if balance > 100_000_000:
        raise wrong("change", _now("More than 100 million can't be on hand."))
    put_down(item, balance, data.reason, ctx)
