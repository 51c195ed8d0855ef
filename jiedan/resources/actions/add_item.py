"""The company sells or does something new (clause 2.2.1)."""

from django.utils.translation import gettext as _now

from jiedan.core.lifecycle import ItemStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.fields import lazy as _
from jiedan.resources.entry import Coded, ItemInput, wrong
from jiedan.resources.models import Item, ItemCode


class AddItem(ItemInput, Coded):
    """An item with its code."""


@action(
    _("Add to the catalogue"),
    clause="2.2.1",
    on=Item,
    by={Role.DEPARTMENT_HEAD, Role.DECISION_MAKER},
    births=True,
    to=ItemStage.OFFERED,
)
def add_item(data: AddItem, ctx: Context) -> None:
    """Put goods or a service into the catalogue, so that orders with its code are recognised and what they need is known."""
    department, others = data.place(ctx), data.check()
    if ItemCode.objects.filter(code=data.code).exists():
        raise wrong("code", _now("This code stands in the catalogue already; change the item there."))
    item = Item(code=data.code)
    data.fill(item, department)
    ctx.birth(item)
    data.relate(item, others)
    ctx.note(ref=item.ref, summary=f"{item.code} {item.name}")
