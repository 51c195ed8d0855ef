"""What somebody has to do next about an order that is being agreed on: terms, contract, entry (clauses 2.3.1 to 2.3.3).

Orders that wait for their customer aren't listed: there is nothing to do about them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils.translation import gettext as _

from jiedan.contract import papers as contracts
from jiedan.contract.models import Contract
from jiedan.core.lifecycle import OrderStage
from jiedan.kernel.action import REGISTRY
from jiedan.orders.models import Order
from jiedan.orders.urgent import most_urgent
from jiedan.people.actor import Actor
from jiedan.terms import papers as terms
from jiedan.terms.models import ItemAnswer, TermSheet

SHOWN = 12
READ = 60
"""Orders that are looked at: some of them wait for somebody else of the department."""
AGREEING = (OrderStage.NEGOTIATING, OrderStage.AGREED, OrderStage.SIGNED)
_TITLES = {
    "offer": lambda: _("Write the terms and offer them"),
    "answer": lambda: _("The customer asks about the terms: answer"),
    "draw": lambda: _("Draw up the contract"),
    "returned": lambda: _("The contract came back from review: correct it"),
    "review": lambda: _("Review the contract"),
    "send": lambda: _("Send the contract to the customer"),
    "remarks": lambda: _("The customer remarked on the contract: answer"),
    "countersign": lambda: _("The customer has signed: sign for the company"),
    "enter": lambda: _("Enter the confirmed order"),
}


@dataclass(frozen=True, slots=True)
class NextStep:
    """What comes next about an order, and the page where the person does it."""

    order: Order
    title: str
    address: str


@dataclass(frozen=True, slots=True)
class _Work:
    """What there is to do about an order: its title, the step by whose right, the place in the order's folder."""

    name: str
    step: str
    place: str


def next_steps(actor: Actor) -> list[NextStep]:
    """What the person can do next, the most urgent first."""
    return list(_mine(actor))[:SHOWN]


def _mine(actor: Actor) -> Iterator[NextStep]:
    rows = most_urgent(actor, AGREEING, READ, ~_with_the_customer()).select_related("department")
    # Of their papers only where they stand: the texts of sixty contracts would be far more than all else of the page.
    sheets = Prefetch("term_sheets", TermSheet.objects.only("order", "number", "state"))
    drafts = Prefetch("contracts", Contract.objects.only("order", "number", "state", "questions", "authors"))
    for order in rows.prefetch_related(sheets, drafts):
        work = _work(order)
        grant = REGISTRY[work.step].grant(actor, order.department_id)
        if grant is None:
            continue
        row = contracts.newest(order) if work.name == "review" else None
        if row is None or not {actor.staff_id, grant.on_behalf_of} & set(row.authors):
            yield NextStep(order, _TITLES[work.name](), f"/orders/{order.ref}/{work.place}")


def _with_the_customer() -> Q:
    asked = ItemAnswer.objects.filter(sheet=OuterRef("pk"), verdict=ItemAnswer.QUESTION)
    offered = TermSheet.objects.filter(~Exists(asked), order=OuterRef("pk"), state=TermSheet.OFFERED)
    sent = Contract.objects.filter(order=OuterRef("pk"), state=Contract.SENT, remarks=None)
    return Q(Exists(offered)) | Q(Exists(sent))


def _work(order: Order) -> _Work:
    if order.stage == OrderStage.NEGOTIATING:
        if terms.offered(order) is not None:
            return _Work("answer", "terms.revise_terms", "terms/")
        return _Work("offer", terms.OFFER, "terms/sheet/")
    if order.stage == OrderStage.SIGNED or not order.needs_contract:
        return _Work("enter", "confirmation.confirm_order", "do/confirmation.confirm_order/")
    row = contracts.newest(order)
    if row is None or row.state == Contract.DRAFT:
        return _Work("returned" if row and row.questions else "draw", contracts.SUBMIT, "contract/draft/")
    return _ON_CONTRACT[row.state]


_ON_CONTRACT = {
    Contract.SUBMITTED: _Work("review", "contract.review_contract", "contract/"),
    Contract.PASSED: _Work("send", "contract.send_contract", "contract/"),
    Contract.SENT: _Work("remarks", "contract.redraft_contract", "contract/"),
    Contract.SIGNED: _Work("countersign", "contract.countersign_contract", "contract/"),
}
