"""The term sheet as a paper: begun from the order, saved again and again, offered, agreed (clause 2.3.1)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from jiedan.core.lifecycle import OrderStage
from jiedan.kernel.drafts import Drafts
from jiedan.kernel.errors import Refused
from jiedan.kernel.naming import stage_title
from jiedan.orders.models import Order
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


def _put(sheet: TermSheet, given: Mapping[str, Any]) -> bool:
    before, sheet.draft = sheet.draft, merged(sheet.draft, given)
    return bool(sheet.draft != before)


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


DRAFTS = Drafts(OFFER, begun, _require_writable, _put, authored=False)
may_write, save = DRAFTS.may_write, DRAFTS.save
