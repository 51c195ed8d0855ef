"""The company no longer sells or does something (clause 2.2.1)."""

from jiedan.core.lifecycle import ItemStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.fields import lazy as _
from jiedan.resources.entry import Reason
from jiedan.resources.models import Item


@action(
    _("Withdraw from the catalogue"),
    clause="2.2.1",
    on=Item,
    by={Role.DEPARTMENT_HEAD, Role.DECISION_MAKER},
    when={ItemStage.OFFERED},
    to=ItemStage.WITHDRAWN,
)
def withdraw_item(item: Item, data: Reason, ctx: Context) -> None:
    """Say that it is offered no longer; evaluations of orders for it will say so."""
    ctx.note(ref=item.ref, summary=f"{item.code} {item.name}")
