"""The templates of contracts for programs: read with every version, tried on an order (clause 2.3.2).

They are put in force by the step `contract.set_contract_template`.
"""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from jiedan.api.bodies import object_of
from jiedan.api.problems import Problem
from jiedan.api.shapes import plain
from jiedan.contract import editions, papers, trying
from jiedan.contract.editions import Edition
from jiedan.contract.template_input import Clauses, checked
from jiedan.core import clock
from jiedan.core.contract_template import PLACEHOLDERS, Kind
from jiedan.core.contract_text import Clause
from jiedan.kernel.errors import Forbidden, Invalid
from jiedan.kernel.inputs import reasons
from jiedan.orders import access
from jiedan.orders.models import Order
from jiedan.orders.vault import Unreadable
from jiedan.people.actor import Actor


class Trial(BaseModel):
    """A template to be tried: on which order, and its clauses (nothing: the version in force)."""

    model_config = ConfigDict(extra="forbid")

    order: str = Field(max_length=40)
    clauses: Clauses | None = None


def listed(actor: Actor) -> dict[str, Any]:
    """The template in force of each kind, its versions, and the placeholders that there are. Raises Forbidden."""
    _require_reader(actor)
    return {
        "placeholders": [
            {"name": one.name, "meaning": one.english, "clause": one.topic and one.topic.value}
            for one in PLACEHOLDERS.values()
        ],
        "templates": [
            _shape(editions.newest(kind)) | {"versions": [_head(one) for one in editions.editions(kind)]}
            for kind in Kind
        ],
    }


def one(actor: Actor, kind: str, number: int) -> dict[str, Any]:
    """One version. Raises Forbidden or Problem."""
    _require_reader(actor)
    found = editions.edition(kind, number)
    if found is None:
        raise Problem(404, "not_found", _("There is nothing here, or you may not see it."))
    return _shape(found)


def tried(actor: Actor, kind: str, body: bytes) -> dict[str, Any]:
    """The contract that a template would make of an order; nothing is kept. Raises Problem, Invalid or NoSuchSubject."""
    if kind not in set(Kind):
        raise Problem(404, "not_found", _("There is nothing here, or you may not see it."))
    given = _given(object_of(body))
    order = access.get(actor, Order, given.order.upper())
    clauses = (
        editions.newest(Kind(kind)).clauses
        if given.clauses is None
        else checked(Kind(kind), (one.clause() for one in given.clauses))
    )
    try:
        row = trying.tried(order, clauses, clock.now())
    except Unreadable as error:
        sentence = _("The customer's data were erased; a contract can't be tried on this order.")
        raise Problem(409, "erased", sentence) from error
    return {
        "clauses": [_clause(clause) for clause in row.clauses],
        "findings": [
            {"code": one.code, "blocks": one.blocks, "topic": one.topic, "sentence": one.sentence(get_language() or "")}
            for one in papers.checked(row)
        ],
    }


def _given(body: dict[str, Any]) -> Trial:
    try:
        return Trial.model_validate(body)
    except ValidationError as error:
        raise Invalid(reasons(error), _("Some fields need to be corrected.")) from error


def _require_reader(actor: Actor) -> None:
    if not access.may_read(actor, "procedure"):
        raise Forbidden(_("Your roles don't include reading the procedure."))


def _head(edition: Edition) -> dict[str, Any]:
    return plain(
        {"number": edition.number, "reason": edition.reason, "by": edition.by, "created_at": edition.created_at}
    )


def _shape(edition: Edition) -> dict[str, Any]:
    return {"kind": edition.kind.value} | _head(edition) | {"clauses": [_clause(one) for one in edition.clauses]}


def _clause(clause: Clause) -> dict[str, str]:
    return {"topic": clause.topic.value, "heading": clause.heading, "text": clause.text}
