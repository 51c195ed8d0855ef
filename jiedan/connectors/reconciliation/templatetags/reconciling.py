"""The differences of a comparison as a table with what the reader may do about each."""

from typing import Any

from django import template

from jiedan.connectors.reconciliation import words
from jiedan.connectors.reconciliation.mending import can_be_mended
from jiedan.connectors.reconciliation.models import Difference, Reconciliation
from jiedan.core.lifecycle import ReconciliationStage
from jiedan.kernel.action import REGISTRY
from jiedan.orders import access
from jiedan.orders.models import Order
from jiedan.people.actor import NOBODY, Actor

register = template.Library()
SHOWN = 200
"""Differences on one page; the first ones are mended first."""


@register.filter
def source_words(source: str) -> str:
    """What a day was compared with."""
    return words.source_title(source)


@register.inclusion_tag("reconciliation/differences.html", takes_context=True)
def differences(context: Any, row: Reconciliation, back: str = "") -> dict[str, Any]:
    """{% differences row "/address/" %}: each difference, its state, and the buttons to mend or explain it."""
    actor: Actor = context.get("actor", NOBODY)
    by = REGISTRY["reconciliation.mend_difference"].by
    may = row.stage == ReconciliationStage.OPEN and actor.grant(by, row.scope_department_id) is not None
    found = list(row.differences.order_by("number").select_related("asked_by")[:SHOWN])
    keys = [difference.order_id for difference in found if difference.order_id]
    orders = {order.pk: order.ref for order in access.visible(actor, Order).filter(pk__in=keys)}
    items = [_item(difference, row, may, orders) for difference in found]
    return {
        "row": row,
        "items": items,
        "more": row.differences.count() - len(found),
        "can_mend": sum(item["can_mend"] for item in items) > 1,
        "back": back or f"/reconciliation/{row.ref}/",
        "csrf_token": context.get("csrf_token"),
    }


def _item(difference: Difference, row: Reconciliation, may: bool, orders: dict[int, str]) -> dict[str, Any]:
    is_open = difference.state == Difference.OPEN
    return {
        "difference": difference,
        "kind": words.kind_title(difference.kind),
        "state": words.state_title(difference.state),
        "tone": {"open": "bad", "mending": "warn"}.get(difference.state, "ok"),
        "result": words.result_title(difference.result),
        "theirs": words.platform_status(difference.theirs_status),
        "ours": words.our_status(difference.ours_status),
        "order": orders.get(difference.order_id or 0, ""),
        "can_mend": may and is_open and can_be_mended(difference, row.account),
        "can_explain": may and is_open,
    }
