"""An order's contract: read with every version, edited clause by clause with autosave, handed over (clause 2.3.2)."""

from collections.abc import Mapping
from functools import partial
from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from jiedan.contract import papers, wording
from jiedan.contract.guards import HANDED_OVER
from jiedan.contract.models import Contract
from jiedan.contract.shown import clause_rows, view
from jiedan.core import clock
from jiedan.core.contract_text import Clause, Topic
from jiedan.core.lifecycle import OrderStage
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.offers import offers
from jiedan.orders.models import Order
from jiedan.screens.autosaving import Errors, saved
from jiedan.screens.views.base import actor_of, page, subject_of, version_seen

ON_CONTRACT = frozenset(f"contract.{step}_contract" for step in ("review", "send", "countersign", "redraft"))
"""Steps that are taken after reading the contract."""


@page
def contract_page(request: HttpRequest, ref: str) -> HttpResponse:
    """Every version with its remarks, its review and what changed since the one before."""
    order = subject_of(request, Order, ref)
    found = offers(order, actor_of(request), clock.now())
    rows = list(order.contracts.order_by("-number").select_related("saved_by", "reviewed_by", "concluded_by"))
    context = {
        "subject": order,
        "versions": [view(row, before) for row, before in pairwise([*rows, None]) if row is not None],
        "writable": _writable(order) and papers.may_write(order, actor_of(request)),
        "steps": [offer.action for offer in found if offer.possible and offer.action.code in ON_CONTRACT],
    }
    return render(request, "contract/page.html", context)


@page
def draft_page(request: HttpRequest, ref: str) -> HttpResponse:
    """The draft: its clauses with what the checks find, saving it (by itself or with a button), handing it over."""
    order = subject_of(request, Order, ref)
    if not papers.may_write(order, actor_of(request)):
        return render(request, "403.html", status=403)
    if request.method == "POST":
        return _saved(request, order)
    if not _writable(order):
        return HttpResponseRedirect(f"/orders/{order.ref}/contract/")
    row = papers.begun(order, clock.now())
    return render(request, "contract/draft.html", _context(order, row, {}))


def _writable(order: Order) -> bool:
    return order.stage == OrderStage.AGREED and papers.in_state(order, *HANDED_OVER) is None


def _typed(data: QueryDict) -> dict[str, str]:
    return {name: str(data[name]) for name in data if name in {*Topic, *papers.SIGNERS}}


def _saved(request: HttpRequest, order: Order) -> HttpResponse:
    submits = request.POST.get("go") == "submit"

    def save() -> Contract:
        row = papers.save(order, actor_of(request), _typed(request.POST), version_seen(request), clock.now())
        if submits:
            dispatch("contract.submit_contract", actor_of(request), {"paper_version": row.saves}, subject=order)
        return row

    def told(row: Contract) -> dict[str, Any]:
        found = papers.checked(row)
        blocking = sum(1 for one in found if one.blocks)
        return {"contract": row, "fresh": True, "blocking": blocking, "found": len(found)}

    def after() -> str:
        if not submits:
            return f"/orders/{order.ref}/contract/draft/"
        messages.success(request, _("The contract was handed over; somebody else reviews it now."))
        return f"/orders/{order.ref}/"

    return saved(request, "contract/draft.html", save, told, partial(_again, request, order), after)


def _again(request: HttpRequest, order: Order, errors: Errors) -> dict[str, Any]:
    """The form with what was typed; nothing to write in once the order has gone on."""
    if order.stage != OrderStage.AGREED:
        return {"subject": order, "clauses": []}
    row, typed = papers.begun(order, clock.now()), _typed(request.POST)
    row.write(Clause(one.topic, typed.get(one.topic.value, one.text), one.title) for one in row.clauses)
    return _context(order, row, errors, typed)


def _context(
    order: Order, row: Contract, errors: dict[str, list[str]], typed: Mapping[str, str] | None = None
) -> dict[str, Any]:
    clauses = clause_rows(row, checked=True, with_template=True)
    found = [one for clause in clauses for one in clause.findings]
    newer = papers.newer_template(row)
    return {
        "subject": order, "contract": row, "clauses": clauses, "errors": errors, "signers": _signers(row, typed or {}),
        "blocking": sum(1 for _sentence, blocks in found if blocks), "found": len(found),
        "missing": [one for one in papers.checked(row) if one.code == "missing_clause"],
        "template": wording.template(row.template_kind, row.template_number),
        "newer": "" if newer is None else wording.edition(newer),
    }  # fmt: skip


def _signers(row: Contract, typed: Mapping[str, str]) -> list[tuple[str, str, str]]:
    labels = (_("Customer: name"), _("Customer: post"), _("Company: name"), _("Company: post"))
    kept = (part for one in row.named() for part in (one.name, one.post))
    return [
        (name, label, typed.get(name, value)) for name, label, value in zip(papers.SIGNERS, labels, kept, strict=True)
    ]
