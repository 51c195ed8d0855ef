"""The page of a subject and taking a step on it: one pair of views for every kind.

A step comes back as the whole page (or, for htmx, as the panel of steps and everything that changed): a refusal with
the sentence that says why and status 403, 409, 412 or 422, a success with the new state.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jiedan.acquisition.models import Listing
from jiedan.acquisition.routing_told import told
from jiedan.confirmation.checking import carried, checks
from jiedan.contract import wording as contract_wording
from jiedan.contract.papers import newest as newest_contract
from jiedan.core import clock
from jiedan.core.lifecycle import FROZEN, LIFECYCLES, OrderStage
from jiedan.documents.queries import papers, papers_along
from jiedan.evaluation.asking import ballots
from jiedan.evaluation.models import Evaluation
from jiedan.evaluation.papers import newest as newest_evaluation
from jiedan.evaluation.shown import paper_view
from jiedan.kernel import attempts, rules
from jiedan.kernel.action import REGISTRY, Action, Nothing
from jiedan.kernel.along import along, rules_beside
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Invalid, StepRefused
from jiedan.kernel.kinds import all_kinds
from jiedan.kernel.models import Deadline, Record
from jiedan.kernel.naming import kind_title, stage_title
from jiedan.kernel.offers import births, offers
from jiedan.kernel.receipts import seen_by
from jiedan.kernel.rules import Rules
from jiedan.kernel.wording import path_of
from jiedan.orders import access
from jiedan.orders.models import Order
from jiedan.people.actor import Actor
from jiedan.people.models import Staff
from jiedan.people.subject import Subject
from jiedan.portal.shown import link_rows, links_along
from jiedan.resources.models import Equipment, Item
from jiedan.screens.changes import change_view
from jiedan.screens.countdown import clock_context, clock_view
from jiedan.screens.fields import form_of, leftover, posted
from jiedan.screens.own_forms import OWN_FORMS, PREFILLED, attach_form
from jiedan.screens.reading import explained, step_title, timeline
from jiedan.screens.views.base import actor_of, page, subject_of, version_seen
from jiedan.screens.views.listings import listing_facts
from jiedan.screens.views.people import staff_facts
from jiedan.screens.views.resources import resource_facts
from jiedan.terms.papers import newest as newest_terms
from jiedan.terms.shown import TONES
from jiedan.terms.wording import state as terms_state

TEMPLATES = {
    "order": "screens/order.html",
    "listing": "screens/listing.html",
    "staff": "screens/staff.html",
    "item": "resources/item.html",
    "equipment": "resources/piece.html",
    "reconciliation": "reconciliation/day.html",
    "import": "spreadsheet/import.html",
    "message": "connectors/message.html",
    "connection": "connectors/connection.html",
}

BESIDE = {
    "paper_offers": ("documents.attach_document", "documents.withdraw_document"),
    "link_offers": ("portal.renew_link", "portal.revoke_link", "portal.send_link"),
    "portal_offers": ("portal.share_order", "contract.share_contract"),
    "paper_page_offers": ("contract.draw_contract", "terms.allow_word"),
}
"""Steps that stand beside what they are about and not among the others."""
BEFORE = frozenset({OrderStage.UNROUTED, OrderStage.ROUTED})
"""Nobody has taken the order on: its customer was sent no link."""
BEFORE_TERMS = frozenset({OrderStage.ACCEPTED, OrderStage.DECIDING, OrderStage.DECLINED})
"""Nothing was negotiated yet."""
BESIDE_CODES = frozenset(code for codes in BESIDE.values() for code in codes)
READING = {"order": "acquisition.read_order", "listing": "acquisition.read_listing"}
"""The steps by which pages tell that they were opened."""


def _model(folder: str) -> type[Subject]:
    for model in all_kinds().values():
        if folder == model.FOLDER:
            return model
    raise Http404(folder)


@page
def subject_page(request: HttpRequest, folder: str, ref: str) -> HttpResponse:
    """Everything about one subject."""
    model, actor, now = _model(folder), actor_of(request), clock.now()
    subject = access.get(actor, model, ref, **along(actor, model.KIND, now))
    context = subject_context(request, subject, now)
    return render(request, TEMPLATES.get(subject.KIND, "screens/subject.html"), context)


def subject_context(request: HttpRequest, subject: Subject, now: datetime | None = None) -> dict[str, Any]:
    """What the page of a subject shows, at the time for which it was read."""
    actor, now = actor_of(request), now or clock.now()
    clause = request.GET.get("clause", "")
    records = list(Record.objects.filter(subject_type=subject.KIND, subject_id=subject.pk).order_by("-seq"))
    deadlines = list(Deadline.objects.filter(subject_type=subject.KIND, subject_id=subject.pk).order_by("-pk"))
    current = rules_beside(subject, now)
    if isinstance(subject, Order):
        _read_papers(subject)
    possible = offers(subject, actor, now, current)
    return {
        "subject": subject,
        "kind": subject.KIND,
        "kind_title": kind_title(subject.KIND),
        "stage": stage_title(subject.KIND, subject.stage),
        "stages": _stepper(subject, {record.stage for record in records}),
        "offers": [offer for offer in possible if offer.action.code not in BESIDE_CODES],
        "later": [offer for offer in possible if not offer.possible and offer.action.code not in BESIDE_CODES],
        **{name: [offer for offer in possible if offer.action.code in codes] for name, codes in BESIDE.items()},
        "may_share": any(offer.possible and offer.action.code in BESIDE["portal_offers"] for offer in possible),
        "no_input": Nothing,
        "reading": READING.get(subject.KIND),
        "clocks": [clock_view(row, now, current.calendar) for row in deadlines],
        "clauses": sorted({record.clause for record in records}),
        "clause": clause,
        "entries": timeline(record for record in records if clause in ("", record.clause)),
        "unread": any(offer.action.code == READING.get(subject.KIND) and offer.possible for offer in possible),
        "address": path_of(subject.KIND, subject.ref),
        **_more(subject, actor, now, current),
        **clock_context(now, current.calendar),
    }


def _read_papers(order: Order) -> None:
    """Read once what may have been written by now about an order in this stage: guards, cards and lists all ask for it."""
    rounds = Prefetch("evaluations", Evaluation.objects.select_related("asked_by").prefetch_related(ballots()))
    links = [] if order.stage in BEFORE else [links_along()]
    terms = [] if order.stage in BEFORE | BEFORE_TERMS else ["term_sheets"]
    contracts = ["contracts"] if order.stage in FROZEN else []
    prefetch_related_objects([order], "lines", papers_along(), rounds, *links, *terms, *contracts)


def _more(subject: Subject, actor: Actor, now: datetime, current: Rules) -> dict[str, Any]:
    if isinstance(subject, Order):
        paper = newest_evaluation(subject)
        more = {
            "lines": sorted(subject.lines.all(), key=lambda line: line.number),
            "change": change_view(subject),
            "routing": told(subject.routed_by, {pk: node.name for pk, node in actor.tree.items()}),
            "evaluation": paper and paper_view(subject, paper, now, current),
            "terms": None if subject.stage in BEFORE | BEFORE_TERMS else _terms_card(subject),
            "contract": _contract_card(subject) if subject.stage in FROZEN else None,
            "entry_checks": checks(subject) if subject.stage in FROZEN else [],
            "entry_changes": carried(subject) if subject.stage in FROZEN else [],
            "portal_links": link_rows(subject, actor, now) if subject.stage not in BEFORE else [],
        }
        return more | {"papers": papers(subject), **attach_form({}, {})}
    if isinstance(subject, Listing):
        return {"seen_by": seen_by(subject), **listing_facts(subject, now)}
    if isinstance(subject, Staff):
        return staff_facts(subject)
    if isinstance(subject, Item | Equipment):
        return resource_facts(subject, actor, now)
    return {}


def _terms_card(order: Order) -> dict[str, Any] | None:
    sheet = newest_terms(order)
    if sheet is None:
        return {} if order.stage == OrderStage.NEGOTIATING else None
    return {"sheet": sheet, "state": terms_state(sheet.state), "tone": TONES.get(sheet.state, "")}


def _contract_card(order: Order) -> dict[str, Any] | None:
    row = newest_contract(order)
    if row is None:
        return {} if order.stage == OrderStage.AGREED else None
    return {"row": row, "state": contract_wording.state(row.state), "tone": contract_wording.TONES.get(row.state, "")}


def _stepper(subject: Subject, passed: Collection[str]) -> list[dict[str, Any]]:
    lifecycle = LIFECYCLES[subject.KIND]
    shown = [
        stage for stage in lifecycle.titles if stage in passed or stage == subject.stage or stage not in lifecycle.aside
    ]
    return [
        {
            "title": stage_title(subject.KIND, stage),
            "current": stage == subject.stage,
            "done": stage in passed and stage != subject.stage,
        }
        for stage in shown
    ]


@page
def deadline_page(request: HttpRequest, folder: str, ref: str, pk: int) -> HttpResponse:
    """Why a deadline is due when it is."""
    subject = subject_of(request, _model(folder), ref)
    row = Deadline.objects.filter(subject_type=subject.KIND, subject_id=subject.pk, pk=pk).first()
    if row is None:
        raise Http404(str(pk))
    now = clock.now()
    context = {
        "subject": subject,
        "address": path_of(subject.KIND, subject.ref),
        "found": explained(row, now),
        **clock_context(now),
    }
    return render(request, "screens/deadline.html", context)


@page
def attempts_page(request: HttpRequest, folder: str, ref: str) -> HttpResponse:
    """The steps that were tried on a subject and refused (clause 6.2.1)."""
    subject = subject_of(request, _model(folder), ref)
    context = {
        "subject": subject,
        "address": path_of(subject.KIND, subject.ref),
        "attempts": [(step_title(row.action), row) for row in attempts.newest(subject)],
    }
    return render(request, "screens/attempts.html", context)


@page
def step_page(request: HttpRequest, folder: str, ref: str, code: str) -> HttpResponse:
    """A step on a subject: its form (GET), or taking it (POST)."""
    model = _model(folder)
    action = _action(code, model)
    subject = subject_of(request, model, ref)
    if request.method != "POST":
        given = {name: request.GET[name] for name in action.input.model_fields if name in request.GET}
        return _form_page(request, action, subject, given, {}, 200, "")
    try:
        done = dispatch(
            action.code,
            actor_of(request),
            posted(request.POST, action.input),
            subject=subject,
            version=version_seen(request),
        )
    except StepRefused as refused:
        return _refused(request, action, subject, refused)
    if done.reply is not None:
        context = subject_context(request, done.subject) | {"revealed": done.reply}
        return render(request, TEMPLATES.get(done.subject.KIND, "screens/subject.html"), context)
    _say_done(request, action, done.subject)
    following = request.POST.get("next", "")
    return HttpResponseRedirect(following if _own(following) else path_of(model.KIND, done.subject.ref))


@page
def birth_page(request: HttpRequest, folder: str, code: str) -> HttpResponse:
    """A step that brings a subject into being: its form, or taking it."""
    model = _model(folder)
    action = _action(code, model)
    if not action.births:
        raise Http404(code)
    if action not in births(actor_of(request), model.KIND):
        return render(request, "403.html", status=403)
    if request.method != "POST":
        given = {name: request.GET[name] for name in action.input.model_fields if name in request.GET}
        return _form_page(request, action, None, given, {}, 200, "")
    try:
        done = dispatch(action.code, actor_of(request), posted(request.POST, action.input, request.FILES))
    except StepRefused as refused:
        return _refused(request, action, None, refused)
    if done.reply is not None:
        context = subject_context(request, done.subject) | {"revealed": done.reply}
        return render(request, TEMPLATES.get(done.subject.KIND, "screens/subject.html"), context)
    _say_done(request, action, done.subject)
    visible = access.visible(actor_of(request), model).filter(pk=done.subject.pk).exists()
    return HttpResponseRedirect(path_of(model.KIND, done.subject.ref) if visible else f"/{folder}/")


@require_POST
@page
def read_subject(request: HttpRequest, ref: str, folder: str = "orders") -> HttpResponse:
    """The subject's page tells that it was opened: one reading record a person."""
    subject = subject_of(request, _model(folder), ref)
    try:
        dispatch(READING[subject.KIND], actor_of(request), {}, subject=subject)
    except StepRefused:
        # Already read, or not one of those whose reading counts: nothing to put on record.
        return HttpResponse(status=204)
    return HttpResponse(status=204)


def _action(code: str, model: type[Subject]) -> Action:
    if code not in REGISTRY or REGISTRY[code].on is not model or not REGISTRY[code].by_people:
        raise Http404(code)
    return REGISTRY[code]


def _form_page(
    request: HttpRequest,
    action: Action,
    subject: Subject | None,
    values: Mapping[str, str],
    errors: Mapping[str, list[str]],
    status: int,
    sentence: str,
) -> HttpResponse:
    (template, extra), now = OWN_FORMS.get(action.code, (None, None)), clock.now()
    if subject is not None and status == 200 and action.code in PREFILLED:
        values = dict(values) | PREFILLED[action.code](subject, values)
    fields = [] if template else form_of(action.input, values, errors)
    context = {
        "action": action,
        "subject": subject,
        "fields": fields,
        "sentence": sentence,
        "above": leftover(errors, fields) if not template else [],
        "answered": status != 200,
        "back": path_of(action.on.KIND, subject.ref) if subject else f"/{_folder_of(action.on)}/",
        **(_more(subject, actor_of(request), now, rules.in_force(now)) if subject and extra else {}),
        **(extra(values, errors) if extra else {}),
    }
    return render(request, template or "screens/step.html", context, status=status)


def _refused(request: HttpRequest, action: Action, subject: Subject | None, refused: StepRefused) -> HttpResponse:
    errors = refused.fields if isinstance(refused, Invalid) else {}
    values = {name: value for name, value in request.POST.items() if isinstance(value, str)}
    if subject is not None and action.input is Nothing:
        messages.error(request, str(refused.sentence))
        fresh = access.get(actor_of(request), type(subject), subject.ref)
        context = subject_context(request, fresh)
        return render(request, TEMPLATES.get(subject.KIND, "screens/subject.html"), context, status=refused.status)
    return _form_page(request, action, subject, values, errors, refused.status, str(refused.sentence))


def _say_done(request: HttpRequest, action: Action, subject: Subject) -> None:
    messages.success(request, _("%(step)s: done. %(ref)s") % {"step": action.title, "ref": subject.ref})


def _own(address: str) -> bool:
    return address.startswith("/") and not address.startswith(("//", "/\\"))


def _folder_of(model: type[Subject]) -> str:
    return model.FOLDER
