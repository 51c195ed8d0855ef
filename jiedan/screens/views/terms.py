"""An order's terms: read with every version and the log, written with autosave, offered (clause 2.3.1)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from jiedan.core import clock
from jiedan.core.lifecycle import OrderStage
from jiedan.kernel.action import REGISTRY
from jiedan.kernel.dispatch import dispatch
from jiedan.orders.models import Order
from jiedan.screens.autosaving import Errors, saved
from jiedan.screens.negotiating import form, typed, with_typed
from jiedan.screens.views.base import actor_of, page, subject_of, version_seen
from jiedan.terms import papers
from jiedan.terms.models import Talk, TermSheet
from jiedan.terms.sheet import Sheet
from jiedan.terms.shown import view
from jiedan.terms.wording import how, yuan

ALLOW = REGISTRY["terms.allow_word"]
SHOWN = 100
"""Entries of the log that are shown."""


@page
def terms_page(request: HttpRequest, ref: str) -> HttpResponse:
    """Every version that was offered, with the customer's answers, and the log of the negotiation."""
    order = subject_of(request, Order, ref)
    sheets = order.term_sheets.exclude(content_hash="").order_by("-number").select_related("offered_by")
    talks = Talk.objects.filter(order=order).select_related("by").order_by("-pk")[:SHOWN]
    context = {
        "subject": order,
        "versions": [view(order, sheet) for sheet in sheets],
        "talks": [(talk, how(talk.channel)) for talk in talks],
        "writable": _writable(order) and papers.may_write(order, actor_of(request)),
        "may_allow": order.stage in ALLOW.when and ALLOW.grant(actor_of(request), order.department_id) is not None,
        "allowed": order.allowed_words.select_related("by").order_by("pk"),
        "may_log": papers.may_write(order, actor_of(request)),
    }
    return render(request, "terms/page.html", context)


@page
def sheet_page(request: HttpRequest, ref: str) -> HttpResponse:
    """The draft: its form, saving it (by itself or with a button), offering it."""
    order = subject_of(request, Order, ref)
    if not papers.may_write(order, actor_of(request)):
        return render(request, "403.html", status=403)
    if request.method == "POST":
        return _saved(request, order)
    if not _writable(order):
        return HttpResponseRedirect(f"/orders/{order.ref}/terms/")
    sheet = papers.begun(order, clock.now())
    return render(request, "terms/sheet.html", _context(order, sheet, sheet.draft, {}))


def _writable(order: Order) -> bool:
    return order.stage == OrderStage.NEGOTIATING and papers.offered(order) is None


def _saved(request: HttpRequest, order: Order) -> HttpResponse:
    offers = request.POST.get("go") == "offer"

    def save() -> TermSheet:
        sheet = papers.save(order, actor_of(request), typed(request.POST), version_seen(request), clock.now())
        if offers:
            dispatch("terms.offer_terms", actor_of(request), {"paper_version": sheet.saves}, subject=order)
        return sheet

    def told(sheet: TermSheet) -> dict[str, Any]:
        return _totals(sheet) | {"sheet": sheet, "fresh": True}

    def again(errors: Errors) -> dict[str, Any]:
        sheet = papers.begun(order, clock.now())
        return _context(order, sheet, with_typed(sheet, request.POST), errors)

    def after() -> str:
        if not offers:
            return f"/orders/{order.ref}/terms/sheet/"
        messages.success(request, _("The terms were offered. Send the customer the link that stands on the order."))
        return f"/orders/{order.ref}/#portal"

    return saved(request, "terms/sheet.html", save, told, again, after)


def _context(order: Order, sheet: TermSheet, draft: dict[str, Any], errors: dict[str, list[str]]) -> dict[str, Any]:
    return _totals(sheet) | {"subject": order, "sheet": sheet, "items": form(draft, errors), "errors": errors}


def _totals(sheet: TermSheet) -> dict[str, Any]:
    found = Sheet.model_validate(sheet.draft)
    paid = sum((part.amount for part in found.payment), start=found.total * 0)
    return {"total": yuan(found.total), "paid": yuan(paid), "even": paid == found.total}
