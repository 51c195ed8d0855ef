"""What a platform says otherwise after an order was accepted: a notice that a person decides on (clauses 2.1.2, 1.3.2).

Before acceptance the order follows the platform. Afterwards nothing is overwritten: what differs becomes a notice with
a time limit, the latest message replaces the one before, and a message that says what we have closes it. Of messages
without a time of their own the last to arrive is the latest (lateness.py has the others). Whoever decides names the
message that they saw; a later one has to be looked at first.
"""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from jiedan.acquisition import differences
from jiedan.acquisition.incoming import IncomingOrder
from jiedan.acquisition.models import ChangeNotice
from jiedan.core.lifecycle import ENDED
from jiedan.kernel.dispatch import Context
from jiedan.kernel.errors import Refused
from jiedan.orders import vault
from jiedan.orders.models import Order

PURPOSE = "change"

UPDATE, NOTE, SETTLE = "acquisition.update_order", "acquisition.note_change", "acquisition.settle_change"


def step_for(order: Order, incoming: IncomingOrder) -> str | None:
    """The step that a message's content calls for; None when it says nothing new. No queries.

    What was rejected isn't new when it is sent again. An order that is over changes no more.
    """
    if order.stage in ENDED:
        return None
    said = incoming.content_hash()
    if said == order.source_hash:
        return SETTLE if order.noted_hash else None
    if said == order.noted_hash:
        return None
    return UPDATE if order.accepted_at is None else NOTE


def pending(order: Order) -> ChangeNotice | None:
    """The notice that waits for a decision; without a query when the platform said nothing else."""
    if not order.noted_hash:
        return None
    return order.change_notices.filter(state=ChangeNotice.PENDING).select_related("key").first()


def pending_of(keys: Sequence[int]) -> dict[int, ChangeNotice]:
    """The notices that wait, by the key of their order; one query."""
    rows = ChangeNotice.objects.filter(order__in=keys, state=ChangeNotice.PENDING)
    return {row.order_id: row for row in rows}


def put_down(order: Order, incoming: IncomingOrder, ctx: Context) -> None:
    """Keep what the platform says now as the order's notice; one that waits already is outdated by it."""
    outdate(order, ctx)
    differs = differences.between(order, incoming)
    key = order.customer.key
    order.noted_hash = incoming.content_hash()
    ChangeNotice.objects.create(
        order=order,
        content_hash=order.noted_hash,
        differs=differs.to_json(),
        key=key,
        sealed=vault.seal(key.opened(), {"order": incoming.model_dump_json()}, PURPOSE),
        noticed_at=ctx.now,
    )
    ctx.note(noted_hash=order.noted_hash, differs=differs.facts())


def outdate(order: Order, ctx: Context) -> None:
    """Close the notice that waits, if one does, because of what happened now; the record of that names it."""
    found = pending(order)
    if found is not None:
        _close(found, ChangeNotice.OUTDATED, ctx)
        ctx.note(outdated_change=found.content_hash)


def decide(order: Order, seen: str, state: str, reason: str, ctx: Context) -> ChangeNotice:
    """Close the notice that the person SAW (its hash). Raises Refused when the platform said something else since."""
    found = pending(order)
    if found is None or found.content_hash != seen:
        raise Refused(
            _("The platform changed %(ref)s again since you looked. See what differs now, then decide.")
            % {"ref": order.ref},
            "change_outdated",
        )
    found.decided_by_id = ctx.actor.staff_id
    found.reason = reason
    _close(found, state, ctx)
    return found


def opened(notice: ChangeNotice) -> IncomingOrder:
    """What the platform says, in full. Raises vault.Unreadable when the customer's key was destroyed."""
    kept = vault.unseal(notice.key.opened(), bytes(notice.sealed), PURPOSE)
    return IncomingOrder.model_validate_json(kept["order"])


def _close(notice: ChangeNotice, state: str, ctx: Context) -> None:
    notice.state = state
    notice.decided_at = ctx.now
    notice.save(update_fields=["state", "decided_at", "decided_by", "reason"])
