"""Conditions of this room's steps."""

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from jiedan.kernel.dispatch import Context
from jiedan.resources.models import Equipment, Item


def is_goods(item: Item, _ctx: Context) -> str | None:
    """Only goods are kept in stock."""
    return None if item.kind == Item.PRODUCT else _("%(name)s is a service; it has no stock.") % {"name": item.name}


def was_counted(item: Item, _ctx: Context) -> str | None:
    """What was never counted can't be more or less than before."""
    return _("Nobody has counted %(name)s yet; count it first.") % {"name": item.name} if item.on_hand is None else None


def is_out_of_order(equipment: Equipment, ctx: Context) -> str | None:
    """There is a time out of order that isn't over yet."""
    today = localtime(ctx.now).date()
    if any(row.until is None or row.until >= today for row in equipment.outages.all()):
        return None
    return _("%(name)s isn't out of order, now or later.") % {"name": equipment.name}
