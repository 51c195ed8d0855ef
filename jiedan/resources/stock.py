"""Writing down a change of stock (clause 3.2.2)."""

from jiedan.kernel.dispatch import Context
from jiedan.resources.models import Item, StockChange


def put_down(item: Item, balance: int, reason: str, ctx: Context, counted: bool = False) -> None:
    """The item has BALANCE on hand from now on; the change stands beside it and in the record."""
    before = item.on_hand or 0
    item.on_hand = balance
    if counted:
        item.counted_at = ctx.now
    StockChange.objects.create(
        item=item, counted=counted, change=balance - before, balance=balance, reason=reason, at=ctx.now,
        by_id=ctx.actor.staff_id,
    )  # fmt: skip
    ctx.note(ref=item.ref, summary=f"{item.code} {item.name}", stock=[before, balance])
