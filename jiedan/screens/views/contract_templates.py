"""合同模板: the templates in force with every version, what differs, a draft, trying it on an order (clause 2.3.2)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from jiedan.contract import concluding, editions, trying, wording
from jiedan.contract.editions import Edition
from jiedan.contract.shown import clause_rows, pieces
from jiedan.contract.template_input import checked
from jiedan.core import clock
from jiedan.core.contract_template import Kind, kind_of
from jiedan.core.contract_text import Clause
from jiedan.kernel.action import REGISTRY
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Invalid, StepRefused
from jiedan.kernel.models import Procedure
from jiedan.orders import access
from jiedan.orders.models import Order
from jiedan.orders.vault import Unreadable
from jiedan.people.actor import Actor
from jiedan.people.subject import NoSuchSubject
from jiedan.screens import contract_form
from jiedan.screens.views.base import actor_of, readable

STEP = "contract.set_contract_template"
HERE = "/procedure/contracts/"


def may_set(actor: Actor) -> bool:
    """Whether the person may put a template in force."""
    return REGISTRY[STEP].grant(actor, None) is not None


@readable("procedure")
def templates_page(request: HttpRequest) -> HttpResponse:
    """The three templates with their versions."""
    actor = actor_of(request)
    context = {
        "kinds": [
            {
                "kind": kind.value,
                "title": wording.kind(kind),
                "versions": editions.editions(kind),
                "draft": editions.draft_of(actor.staff_id or 0, kind),
            }
            for kind in Kind
        ],
        "may_set": may_set(actor),
        "reads_orders": access.may_read(actor, "order"),
        "book": Procedure.objects.get(pk=1),
    }
    return render(request, "contract/templates.html", context)


@readable("procedure")
def template_page(request: HttpRequest, kind: str) -> HttpResponse:
    """One version, clause by clause; with `against`, what differs from another one."""
    which = _kind(kind)
    newest = editions.newest(which)
    version = _numbered(which, request.GET.get("version", f"{newest.number}"))
    against = _numbered(which, request.GET["against"]) if request.GET.get("against") else None
    context = {
        "kind": which.value,
        "title": wording.kind(which),
        "version": version,
        "version_title": wording.edition(version.number),
        "against": against,
        "against_title": "" if against is None else wording.edition(against.number),
        "clauses": _compared(version.clauses, None if against is None else against.clauses),
        "in_force": newest.number == version.number,
        "reads_orders": access.may_read(actor_of(request), "order"),
    }
    return render(request, "contract/template.html", context)


def _kind(text: str) -> Kind:
    if text not in set(Kind):
        raise Http404(text)
    return Kind(text)


def _numbered(kind: Kind, text: str) -> Edition:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
    found = editions.edition(kind, number)
    if found is None:
        raise Http404(text)
    return found


def _compared(now: Sequence[Clause], before: Sequence[Clause] | None) -> list[dict[str, Any]]:
    """The clauses with what differs BEFORE, those that went last."""
    old = {clause.topic: clause for clause in before or ()}
    rows = [
        {
            "clause": clause,
            "pieces": [] if before is None else pieces(_whole(old.get(clause.topic)), _whole(clause)),
        }
        for clause in now
    ]
    gone = [clause for clause in old.values() if clause.topic not in {one.topic for one in now}]
    return rows + [{"clause": clause, "pieces": pieces(_whole(clause), ""), "gone": True} for clause in gone]


def _whole(clause: Clause | None) -> str:
    return "" if clause is None else f"{clause.heading}\n{clause.text}"


# The draft -----------------------------------------------------------------------------------------------------------


@readable("procedure")
def draft_page(request: HttpRequest, kind: str) -> HttpResponse:
    """The draft of a template: kept, tried, put in force with a reason, or dropped; only for who may set it."""
    actor, which = actor_of(request), _kind(kind)
    if not may_set(actor):
        return render(request, "403.html", status=403)
    if request.method == "POST":
        return _taken(request, actor, which)
    draft, newest = editions.draft_of(actor.staff_id or 0, which), editions.newest(which)
    clauses = newest.clauses if draft is None else tuple(map(Clause.read, draft.clauses))
    based_on = newest.number if draft is None else draft.based_on
    return _shown(request, which, contract_form.given(clauses), based_on)


def _taken(request: HttpRequest, actor: Actor, kind: Kind) -> HttpResponse:
    do, values = request.POST.get("do", ""), contract_form.typed(request.POST)
    if do == "drop":
        editions.drop_draft(actor.staff_id or 0, kind)
        return HttpResponseRedirect(HERE)
    text = request.POST.get("based_on", "")
    based_on = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if do == "rebase":
        # Who does so has seen what differs: the draft then replaces what was put in force meanwhile.
        based_on = editions.newest(kind).number
    try:
        clauses = checked(kind, contract_form.clauses(values))
        editions.keep_draft(actor.staff_id or 0, kind, clauses, based_on, clock.now())
        if do == "force":
            _put_in_force(request, actor, kind, clauses, based_on)
            return HttpResponseRedirect(HERE)
    except StepRefused as refused:
        errors = refused.fields if isinstance(refused, Invalid) else {}
        return _shown(request, kind, values, based_on, str(refused.sentence), errors, refused.status)
    if do == "try":
        return HttpResponseRedirect(f"{HERE}{kind}/try/?draft=1")
    messages.success(request, _("The draft is kept; nobody else sees it until it is put in force."))
    return HttpResponseRedirect(f"{HERE}{kind}/draft/")


def _put_in_force(request: HttpRequest, actor: Actor, kind: Kind, clauses: Sequence[Clause], based_on: int) -> None:
    given = {
        "kind": kind.value,
        "clauses": [{"topic": one.topic, "heading": one.title, "text": one.text} for one in clauses],
        "reason": request.POST.get("reason", ""),
        "based_on": based_on,
    }
    dispatch(STEP, actor, given, subject=Procedure.objects.get(pk=1))
    editions.drop_draft(actor.staff_id or 0, kind)
    messages.success(request, _("The template is in force; contracts drawn from now on follow it."))


def _shown(
    request: HttpRequest,
    kind: Kind,
    values: Mapping[str, str],
    based_on: int,
    sentence: str = "",
    errors: Mapping[str, list[str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    newest, wrong = editions.newest(kind), errors or {}
    clauses, more = contract_form.fields(values, wrong)
    changed = [row for row in _compared(contract_form.clauses(values), newest.clauses) if row["pieces"]]
    context = {
        "kind": kind.value, "title": wording.kind(kind), "clauses": clauses, "more": more, "based_on": based_on,
        "base_title": wording.edition(based_on), "newest": newest, "newest_title": wording.edition(newest.number),
        "newer": newest.number != based_on, "changed": changed, "sentence": sentence,
        "problems": [why for name, found in wrong.items() if name != "reason" for why in found],
        "reason": request.POST.get("reason", ""), "reason_errors": wrong.get("reason", []),
        "placeholders": contract_form.placeholders(),
    }  # fmt: skip
    return render(request, "contract/template_draft.html", context, status=status)


# Trying it out -------------------------------------------------------------------------------------------------------


@readable("order")
def try_page(request: HttpRequest, kind: str) -> HttpResponse:
    """The contract that a version, or one's own draft, would make of an order: as text with its checks, or as a PDF."""
    actor, which, now = actor_of(request), _kind(kind), clock.now()
    draft = editions.draft_of(actor.staff_id or 0, which) if request.GET.get("draft") else None
    edition = _numbered(which, request.GET.get("version", f"{editions.newest(which).number}"))
    ref = request.GET.get("order", "").strip().upper()[:40]
    context: dict[str, Any] = {
        "kind": which.value, "title": wording.kind(which), "ref": ref, "draft": draft, "version": edition,
        "version_title": wording.edition(edition.number), "may_set": may_set(actor),
    }  # fmt: skip
    if not ref:
        return render(request, "contract/template_try.html", context)
    try:
        order = access.get(actor, Order, ref)
        clauses = edition.clauses if draft is None else tuple(map(Clause.read, draft.clauses))
        row = trying.tried(order, clauses, now)
    except NoSuchSubject:
        context["error"] = _("There is nothing here, or you may not see it.")
        return render(request, "contract/template_try.html", context, status=422)
    except Unreadable:
        context["error"] = _("The customer's data were erased; a contract can't be tried on this order.")
        return render(request, "contract/template_try.html", context, status=422)
    if request.GET.get("pdf"):
        response = HttpResponse(concluding.preview(row, now), content_type="application/pdf")
        response["Content-Disposition"] = f'attachment; filename="preview-{order.ref}.pdf"'
        return response
    right = kind_of(row.agreed)
    rows = clause_rows(row, checked=True)
    context |= {
        "order": order, "rows": rows, "found": sum(len(one.findings) for one in rows),
        "other": "" if right is which else wording.kind(right),
    }  # fmt: skip
    return render(request, "contract/template_try.html", context)
