"""An order that came by telephone or letter is entered by hand (clause 2.1.2)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition import identity, taking_in
from jiedan.acquisition.clocks import ACCEPT, ROUTE
from jiedan.acquisition.customers import held_place
from jiedan.acquisition.entry import EnteredOrder
from jiedan.core.roles import Role
from jiedan.kernel import bulk
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.orders.models import Order


@action(
    _("Enter order"),
    clause="2.1.2",
    on=Order,
    by={Role.ORDER_TAKER, Role.DEPARTMENT_HEAD},
    births=True,
    to=taking_in.stage_of,
    starts=[ACCEPT, ROUTE],
    private=EnteredOrder.model_fields,
)
def enter_order(data: EnteredOrder, ctx: Context) -> None:
    """Enter an order that reached you by telephone, mail or in person, with everything the customer said."""
    department = data.chosen_department(ctx)
    incoming = data.as_incoming(ctx.now)
    chosen = None
    if department is not None:
        chosen = taking_in.Chosen(department, taking_in.chosen_by_hand(ctx, department))
    identity.hold([held_place(incoming)])
    (newborn,) = taking_in.arrivals([incoming], ctx.now, chosen)
    ctx.birth(newborn.subject)
    bulk.insert_all(newborn.rows)
    ctx.note(**newborn.facts)
