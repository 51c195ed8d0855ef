"""An order's contract for programs: read with its versions, written clause by clause (clause 2.3.2)."""

from typing import Any

from django.utils.translation import get_language

from jiedan.api.bodies import parts_of
from jiedan.api.shapes import plain
from jiedan.contract import papers
from jiedan.contract.models import Contract
from jiedan.contract.shown import facts, texts
from jiedan.core import clock
from jiedan.core.lifecycle import OrderStage
from jiedan.orders.models import Order
from jiedan.orders.vault import Unreadable
from jiedan.people.actor import Actor


def shape(order: Order) -> dict[str, Any]:
    """The draft as it stands or would begin with what the checks find, and every version that was handed over."""
    newest = papers.newest(order)
    fresh = newest is None and order.stage == OrderStage.AGREED
    draft = papers.begun(order, clock.now()) if fresh else papers.in_state(order, Contract.DRAFT)
    handed = order.contracts.exclude(content_hash="").order_by("number").prefetch_related("remarks")
    return {"draft": draft and _draft(draft), "versions": [_version(row) for row in handed]}


def _draft(row: Contract) -> dict[str, Any]:
    found = [
        {"code": one.code, "blocks": one.blocks, "topic": one.topic, "sentence": one.sentence(get_language() or "")}
        for one in papers.checked(row)
    ]
    signers = (part for one in row.named() for part in (one.name, one.post))
    return {
        "number": row.number, "version": row.saves, "clauses": texts(row.clauses), "findings": found,
        "signatories": dict(zip(papers.SIGNERS, signers, strict=True)),
        "template_kind": row.template_kind, "template_number": row.template_number,
    }  # fmt: skip


def _version(row: Contract) -> dict[str, Any]:
    try:
        clauses = texts(row.clauses)
    except Unreadable:
        clauses = {}
    remarks = [{"topic": one.topic, "words": one.words, "at": one.at.isoformat()} for one in row.remarks.all()]
    return plain(facts(row)) | {"clauses": clauses, "remarks": remarks}


def written(order: Order, actor: Actor, body: bytes) -> dict[str, Any]:
    """Save the clauses that the request brings; `version` is the one that was seen. Raises StepRefused or Problem."""
    given, seen = parts_of(body)
    return _draft(papers.save(order, actor, given, seen, clock.now(), "api"))
