"""The term sheet as a paper: begun from the order, saved again and again, offered, agreed (clause 2.3.1)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from jiedan.core.lifecycle import OrderStage
from jiedan.kernel import attempts
from jiedan.kernel.action import REGISTRY
from jiedan.kernel.dispatch import authorised
from jiedan.kernel.errors import Refused
from jiedan.kernel.naming import stage_title
from jiedan.orders.models import Order
from jiedan.people.actor import Actor
from jiedan.terms.models import TermSheet
from jiedan.terms.sheet import Sheet, merged

OFFER: Final = "terms.offer_terms"


def newest(order: Order) -> TermSheet | None:
    """The order's newest term sheet, whatever became of it."""
    return max(order.term_sheets.all(), key=lambda sheet: sheet.number, default=None)


def draft_of(order: Order) -> TermSheet | None:
    """The sheet that can be written in, if somebody has begun one."""
    return _in_state(order, TermSheet.DRAFT)


def offered(order: Order) -> TermSheet | None:
    """The sheet that waits for the customer."""
    return _in_state(order, TermSheet.OFFERED)


def agreed(order: Order) -> TermSheet | None:
    """The sheet that company and customer agreed on: frozen, and what contract and entry are made from."""
    return _in_state(order, TermSheet.AGREED)


def _in_state(order: Order, state: str) -> TermSheet | None:
    return next((sheet for sheet in order.term_sheets.all() if sheet.state == state), None)


def begun(order: Order, now: datetime) -> TermSheet:
    """The draft, or a new one that isn't saved: the last version's content, or what the order says."""
    found = draft_of(order)
    if found is not None:
        return found
    last = newest(order)
    content = last.draft if last else _of_order(order).model_dump(mode="json")
    return TermSheet(order=order, number=last.number + 1 if last else 1, draft=content, saved_at=now)


def _of_order(order: Order) -> Sheet:
    """What the order says already; nothing of it has to be typed again."""
    lines = [
        {
            "name": line.name, "kind": line.kind, "quantity": line.quantity, "unit_price": line.unit_price,
            "discount": line.discount, "sku": line.sku, "category": line.category,
        }
        for line in order.lines.order_by("number")
    ]  # fmt: skip
    when = "prepaid" if order.paid_at else "on_order"
    return Sheet.model_validate(
        {
            "requirements": order.requirements or order.buyer_remark,
            "deliver_on": order.promised_on,
            "lines": lines,
            "freight": order.freight,
            "tax": order.tax,
            "discount": order.discount,
            "payment": [{"when": when, "amount": order.total}],
            "payment_note": order.payment_terms,
        }
    )


def may_write(order: Order, actor: Actor) -> bool:
    """Whether the person may write the order's terms, in whatever stage it is."""
    return REGISTRY[OFFER].grant(actor, order.department_id) is not None


def save(
    order: Order, actor: Actor, given: Mapping[str, Any], version: int | None, now: datetime, channel: str = "page"
) -> TermSheet:
    """Put what is GIVEN (fields of the sheet) into the draft that was seen in VERSION (None: whichever it is).

    Raises Forbidden, Refused (`offered`, `not_negotiating`, `paper_changed`) or Invalid by field; nothing has then changed.
    """
    with attempts.known(OFFER, actor, order, channel), transaction.atomic():
        locked = Order.for_change(order.pk)
        authorised(REGISTRY[OFFER], locked, actor)
        _require_writable(locked)
        sheet = begun(locked, now)
        content = merged(sheet.draft, given)
        if version is not None and version != sheet.saves:
            if content == sheet.draft:
                # Saved by itself a moment ago: the same again is no conflict.
                return sheet
            raise Refused(changed_sentence(sheet), "paper_changed")
        sheet.draft = content
        sheet.saves += 1
        sheet.saved_at, sheet.saved_by_id = now, actor.staff_id
        sheet.save()
        return sheet


def changed_sentence(sheet: TermSheet) -> str:
    """What somebody reads who saw an older version of the draft."""
    return _(
        "%(who)s saved these terms meanwhile (version %(now)d). What you typed is kept here: open the sheet anew in another tab, compare, then save again."
    ) % {"who": sheet.saved_by or "—", "now": sheet.saves}


def _require_writable(order: Order) -> None:
    if order.stage != OrderStage.NEGOTIATING:
        raise Refused(
            _("%(ref)s is in stage “%(stage)s”; its terms are written while it is negotiated.")
            % {"ref": order.ref, "stage": stage_title(order.KIND, order.stage)},
            "not_negotiating",
        )
    if offered(order) is not None:
        raise Refused(
            _(
                "The terms of %(ref)s are with the customer and can't be edited. Take them back first; the link then ends."
            )
            % {"ref": order.ref},
            "offered",
        )
