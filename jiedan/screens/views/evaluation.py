"""The evaluation of an order: read with its rounds, written step by step with autosave, submitted (2.2.1, 2.2.2)."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from jiedan.core import clock
from jiedan.evaluation import papers
from jiedan.evaluation.models import Evaluation
from jiedan.evaluation.sheet import STEPS
from jiedan.evaluation.shown import paper_view
from jiedan.kernel.dispatch import dispatch
from jiedan.orders.models import Order
from jiedan.screens.autosaving import Errors, saved
from jiedan.screens.evaluating import next_step, typed, wizard_context
from jiedan.screens.views.base import actor_of, page, subject_of, version_seen


@page
def evaluation_page(request: HttpRequest, ref: str) -> HttpResponse:
    """The evaluation with all its rounds."""
    order, now = subject_of(request, Order, ref), clock.now()
    rounds = [paper_view(order, row, now) for row in order.evaluations.order_by("-round")]
    context = {
        "subject": order,
        "rounds": rounds,
        "writable": order.stage == "accepted" and papers.may_write(order, actor_of(request)),
    }
    return render(request, "evaluation/page.html", context)


@page
def wizard_page(request: HttpRequest, ref: str, step: str) -> HttpResponse:
    """One step of the evaluation: its form, saving it (by itself or with a button), going on, submitting."""
    if step not in STEPS:
        raise Http404(step)
    order = subject_of(request, Order, ref)
    if not papers.may_write(order, actor_of(request)):
        return render(request, "403.html", status=403)
    if request.method == "POST":
        return _saved(request, order, step)
    if order.stage != "accepted":
        return HttpResponseRedirect(f"/orders/{order.ref}/evaluation/")
    paper = papers.begun(order, clock.now())
    return render(request, "evaluation/wizard.html", wizard_context(order, paper, step, clock.now()))


def _saved(request: HttpRequest, order: Order, step: str) -> HttpResponse:
    go = request.POST.get("go", "")

    def save() -> Evaluation:
        paper = papers.save(order, actor_of(request), typed(request.POST, step), version_seen(request), clock.now())
        if go == "submit":
            dispatch("evaluation.submit_evaluation", actor_of(request), {"paper_version": paper.version}, subject=order)
        return paper

    def told(paper: Evaluation) -> dict[str, Any]:
        return {"paper": paper, "fresh": True}

    def again(errors: Errors) -> dict[str, Any]:
        now = clock.now()
        return wizard_context(order, _with_typed(papers.begun(order, now), request, step), step, now, errors)

    def after() -> str:
        if go != "submit":
            return f"/orders/{order.ref}/evaluation/{next_step(step) if go == 'next' else step}/"
        messages.success(request, _("The evaluation was submitted; whoever decides has been told."))
        return f"/orders/{order.ref}/"

    return saved(request, "evaluation/wizard.html", save, told, again, after)


def _with_typed(paper: Evaluation, request: HttpRequest, step: str) -> Evaluation:
    """The paper as it is shown again: what was typed stands in it, nothing is saved."""
    shown = dict(paper.content)
    for name, part in typed(request.POST, step).items():
        shown[name] = {**shown.get(name, {}), **part} if isinstance(part, dict) else part
    paper.content = shown
    return paper
