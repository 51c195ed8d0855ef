"""What has to be so before a step of this room, with the sentence for when it isn't."""

from django.utils.translation import gettext as _

from jiedan.core.lifecycle import OrderStage
from jiedan.kernel.dispatch import Context
from jiedan.orders.models import Order


def contract_is_signed(order: Order, _ctx: Context) -> str | None:
    """Where a contract is needed it is signed by both sides."""
    if order.stage == OrderStage.AGREED and order.needs_contract:
        return _("%(ref)s needs a contract, and none is signed yet. It is entered once both sides have signed.") % {
            "ref": order.ref
        }
    return None
