"""What is said of an item of the catalogue changes (clause 2.2.1)."""

from django.utils.translation import gettext as _now
from pydantic import Field

from jiedan.core.lifecycle import ItemStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.errors import Refused
from jiedan.kernel.fields import lazy as _
from jiedan.resources.entry import ItemInput, Line, as_typed
from jiedan.resources.models import Item


class ChangeItem(ItemInput):
    reason: Line = Field(title=_("Reason"))


@action(
    _("Change item"),
    clause="2.2.1",
    on=Item,
    by={Role.DEPARTMENT_HEAD, Role.DECISION_MAKER},
    when={ItemStage.OFFERED, ItemStage.WITHDRAWN},
)
def change_item(item: Item, data: ChangeItem, ctx: Context) -> None:
    """Correct or renew what is said of it; evaluations that were submitted keep what they rested on."""
    before = as_typed(item)
    department, others = data.place(ctx), data.check(item)
    if item.on_hand is not None and data.kind != Item.PRODUCT:
        raise Refused(_now("There is stock on record; what is kept in stock stays goods."))
    data.fill(item, department)
    data.relate(item, others)
    after = as_typed(item)
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    ctx.note(ref=item.ref, summary=f"{item.code} {item.name}", item_changes=changed)
