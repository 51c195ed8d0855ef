"""Somebody counted what is on hand (clause 3.2.2)."""

from pydantic import Field

from jiedan.core.lifecycle import ItemStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.fields import lazy as _
from jiedan.resources.entry import Reason
from jiedan.resources.guards import is_goods
from jiedan.resources.models import Item
from jiedan.resources.stock import put_down


class CountStock(Reason):
    on_hand: int = Field(ge=0, le=100_000_000, title=_("On hand, as counted"))


@action(
    _("Count stock"),
    clause="3.2.2",
    on=Item,
    by={Role.DEPARTMENT_HEAD, Role.DECISION_MAKER},
    when={ItemStage.OFFERED, ItemStage.WITHDRAWN},
    guards=[is_goods],
)
def count_stock(item: Item, data: CountStock, ctx: Context) -> None:
    """Put down what was counted; the difference to what the books said stays on record with its reason."""
    put_down(item, data.on_hand, data.reason, ctx, counted=True)
