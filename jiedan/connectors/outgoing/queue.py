"""Putting an event into the queue, in the transaction of what it tells of; and what steps on orders call for."""

import json
from datetime import datetime
from typing import Any

from jiedan.acquisition.events import EVENTS, message
from jiedan.connectors.models import Account
from jiedan.connectors.outgoing import passing_on
from jiedan.connectors.outgoing.models import Outgoing
from jiedan.connectors.yanxuan import callbacks
from jiedan.core.lifecycle import OrderStage
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Refused
from jiedan.kernel.models import Record
from jiedan.orders import access
from jiedan.orders.models import Order
from jiedan.people.actor import SYSTEM

DECLINE = "evaluation.decline_order"


def put(account: Account, event: str, payload: dict[str, Any], key: str, now: datetime, order: Order | None) -> None:
    """Have the event sent; the same KEY a second time changes nothing. The caller holds the transaction."""
    row = Outgoing(
        account=account, order=order, event=event, payload=payload, dedupe_key=key, next_at=now, created_at=now
    )
    Outgoing.objects.bulk_create([row], ignore_conflicts=True)


def after_step(record: Record, now: datetime) -> None:
    """Queue what this step on an order calls for, if its shop has an address to be told at."""
    order = access.visible(SYSTEM, Order).get(pk=record.subject_id)
    account = passing_on.shop_of(order)
    if account is None or not order.external_id or _decides_nothing(record):
        return
    key, queued = f"{record.action}:{record.pk}", False
    if account.platform == "yanxuan":
        body = json.loads(record.body)
        reason = str(body["facts"].get("reason", ""))
        before, by_person = body.get("stage_before", ""), record.actor_id is not None
        call = callbacks.after(record.action, before, order.external_id, reason, by_person)
        if call and callbacks.wanted(call, account.callbacks):
            put(account, call.method, {"name": call.name, "text": call.text}, key, now, order)
            queued = True
    elif account.platform == "webhook" and record.action in EVENTS:
        event = EVENTS[record.action]
        said = message(event, record.at, order.ref, order.external_id, record.stage, _why_declined(record))
        put(account, event, said, key, now, order)
        queued = True
    if queued and record.action == DECLINE:
        _note_told(order, _why_declined(record))


def after_link(record: Record, now: datetime) -> None:
    """Queue a customer's link that the shop's system is to pass on; other ways of sending it call for nothing here."""
    facts = json.loads(record.body)["facts"]
    order = access.visible(SYSTEM, Order).get(pk=record.subject_id)
    account = passing_on.shop_of(order)
    if facts["way"] != "shop" or account is None:
        return
    said = message(
        EVENTS[record.action], record.at, order.ref, order.external_id, record.stage, passing_on.about(facts)
    )
    put(account, passing_on.EVENT, said, passing_on.key(facts["sending"]), now, order)


def _decides_nothing(record: Record) -> bool:
    """One vote of several against an order: only the one that decides is told of."""
    return record.action == DECLINE and record.stage != OrderStage.DECLINED


def _why_declined(record: Record) -> dict[str, str]:
    """What the customer is told of an order that we decline; nothing for other steps."""
    facts = json.loads(record.body)["facts"] if record.action == DECLINE else {}
    return {name: str(facts[name]) for name in ("reason", "advice") if name in facts}


def _note_told(order: Order, why: dict[str, str]) -> None:
    """Put on record that the customer is told through the shop; carried out twice it is there once."""
    told = {"told_by": "platform", "said": " ".join(why.values())[:1000]}
    try:
        dispatch("evaluation.tell_customer", SYSTEM, told, subject=order, channel="connector")
    except Refused:
        return
