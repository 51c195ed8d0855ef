"""The company sells or does something again (clause 2.2.1)."""

from jiedan.core.lifecycle import ItemStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.fields import lazy as _
from jiedan.resources.entry import Reason
from jiedan.resources.models import Item


@action(
    _("Offer again"),
    clause="2.2.1",
    on=Item,
    by={Role.DEPARTMENT_HEAD, Role.DECISION_MAKER},
    when={ItemStage.WITHDRAWN},
    to=ItemStage.OFFERED,
)
def offer_item(item: Item, data: Reason, ctx: Context) -> None:
    """Take a withdrawn item back into the catalogue; its stock is what it was."""
    ctx.note(ref=item.ref, summary=f"{item.code} {item.name}")
