"""An order's evaluation for programs: read with its rounds and votes, written part by part (clauses 2.2.1, 2.2.2)."""

from typing import Any

from jiedan.api.bodies import parts_of
from jiedan.api.shapes import plain
from jiedan.core import clock
from jiedan.evaluation import papers
from jiedan.evaluation.known import findings
from jiedan.evaluation.models import Evaluation
from jiedan.orders.models import Order
from jiedan.people.actor import Actor


def shape(order: Order) -> dict[str, Any]:
    """The evaluation as it stands, or as it would begin, with the rounds before it."""
    now = clock.now()
    newest = papers.newest(order) or papers.begun(order, now)
    # What a submitted paper rested on is kept with it; a draft shows what is known at this moment.
    known = newest.known or {name: found.kept() for name, found in findings(order, now).items()}
    rounds = order.evaluations.order_by("round").prefetch_related("ballots__staff", "ballots__on_behalf_of")
    return plain({**_paper(newest), "known": known, "rounds": [_round(row) for row in rounds]})


def _paper(paper: Evaluation) -> dict[str, Any]:
    names = ("round", "state", "version", "content", "prefilled", "questions", "content_hash", "level", "submitted_at")
    return {name: getattr(paper, name) for name in names}


def _round(paper: Evaluation) -> dict[str, Any]:
    ballots = [
        {
            "seat": row.seat,
            "vote": row.vote,
            "by": row.staff.name,
            "on_behalf_of": row.on_behalf_of.name if row.on_behalf_of else None,
            "words": row.words,
            "at": row.at,
        }
        for row in paper.ballots.all()
    ]
    return {"round": paper.round, "state": paper.state, "content_hash": paper.content_hash, "ballots": ballots}


def written(order: Order, actor: Actor, body: bytes) -> dict[str, Any]:
    """Save the parts that the request brings; `version` is the one that was seen. Raises StepRefused or Problem."""
    given, seen = parts_of(body)
    paper = papers.save(order, actor, given, seen, clock.now(), "api")
    return plain(_paper(paper))
