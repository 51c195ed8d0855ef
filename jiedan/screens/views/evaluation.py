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
from jiedan.kernel.errors import Invalid, StepRefused
from jiedan.orders.models import Order
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
    now = clock.now()
    try:
        paper = papers.save(order, actor_of(request), typed(request.POST, step), version_seen(request), now)
        if request.POST.get("go") == "submit":
            seen = {"paper_version": paper.version}
            dispatch("evaluation.submit_evaluation", actor_of(request), seen, subject=order)
    except StepRefused as refused:
        return _refused(request, order, step, refused)
    if request.headers.get("HX-Request"):
        return render(request, "evaluation/wizard.html#saved", {"paper": paper, "fresh": True})
    go = request.POST.get("go", "")
    if go == "submit":
        messages.success(request, _("The evaluation was submitted; whoever decides has been told."))
        return HttpResponseRedirect(f"/orders/{order.ref}/")
    return HttpResponseRedirect(f"/orders/{order.ref}/evaluation/{next_step(step) if go == 'next' else step}/")


def _refused(request: HttpRequest, order: Order, step: str, refused: StepRefused) -> HttpResponse:
    if request.headers.get("HX-Request"):
        context: dict[str, Any] = {"sentence": refused.sentence}
        return render(request, "evaluation/wizard.html#saved", context, status=refused.status)
    now, errors = clock.now(), refused.fields if isinstance(refused, Invalid) else {}
    paper = papers.begun(order, now)
    context = wizard_context(order, _with_typed(paper, request, step), step, now, errors)
    context["sentence"] = refused.sentence
    return render(request, "evaluation/wizard.html", context, status=refused.status)


def _with_typed(paper: Evaluation, request: HttpRequest, step: str) -> Evaluation:
    """The paper as it is shown again: what was typed stands in it, nothing is saved."""
    shown = dict(paper.content)
    for name, part in typed(request.POST, step).items():
        shown[name] = {**shown.get(name, {}), **part} if isinstance(part, dict) else part
    paper.content = shown
    return paper
