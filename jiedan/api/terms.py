"""An order's terms for programs: read with every version and answer, written field by field (clause 2.3.1)."""

from typing import Any

from jiedan.api.bodies import parts_of
from jiedan.api.shapes import plain
from jiedan.core import clock
from jiedan.orders.models import Order
from jiedan.people.actor import Actor
from jiedan.terms import papers
from jiedan.terms.models import TermSheet
from jiedan.terms.shown import facts


def shape(order: Order) -> dict[str, Any]:
    """The draft as it stands or would begin, and every version that was offered with the answers to it."""
    versions = order.term_sheets.exclude(content_hash="").order_by("number").prefetch_related("answers")
    newest = papers.newest(order)
    draft = papers.begun(order, clock.now()) if newest is None or newest.state == TermSheet.DRAFT else None
    return plain({"draft": draft and _draft(draft), "versions": [_version(row) for row in versions]})


def _draft(sheet: TermSheet) -> dict[str, Any]:
    return {"number": sheet.number, "version": sheet.saves, "sheet": sheet.draft}


def _version(sheet: TermSheet) -> dict[str, Any]:
    names = ("item", "item_hash", "verdict", "words", "at")
    answers = [plain({name: getattr(row, name) for name in names}) for row in sheet.answers.all()]
    return plain(facts(sheet)) | {"answers": answers}


def written(order: Order, actor: Actor, body: bytes) -> dict[str, Any]:
    """Save the fields that the request brings; `version` is the one that was seen. Raises StepRefused or Problem."""
    given, seen = parts_of(body)
    return plain(_draft(papers.save(order, actor, given, seen, clock.now(), "api")))
