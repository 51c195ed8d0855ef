"""The draft of new routing rules: add, edit, move, delete, look over, replay on past orders, put in force (1.3.4)."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from jiedan.acquisition import routing_rules
from jiedan.acquisition.routing_replay import DAYS, MOST, SHOWN, facts_of, replayed
from jiedan.acquisition.routing_wording import sentence
from jiedan.core import clock
from jiedan.kernel import rules
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Invalid, StepRefused
from jiedan.kernel.models import Procedure
from jiedan.orders import access
from jiedan.orders.models import Order
from jiedan.people.models import Department
from jiedan.people.subject import NoSuchSubject
from jiedan.screens import routing_draft, routing_form
from jiedan.screens.routing_draft import Draft
from jiedan.screens.views.base import View, actor_of, readable
from jiedan.screens.views.routing import STEP, differences, may_set

HERE = "/procedure/routing/draft/"


def setting(view: View) -> View:
    """Only for those who may put routing rules in force; others get 403."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_set(actor_of(request)):
            return render(request, "403.html", status=403)
        return view(request, *args, **kwargs)

    return readable("procedure")(guarded)


@setting
def draft_page(request: HttpRequest) -> HttpResponse:
    """The rules of the draft; a button moves or deletes one, drops the draft, or puts it in force."""
    draft = routing_draft.or_from(request, routing_rules.newest())
    if request.method != "POST":
        return _shown(request, draft)
    word, _colon, number = request.POST.get("do", "").partition(":")
    if word == "save":
        return _put_in_force(request, draft)
    change = _CHANGES.get(word)
    if change is None or (number and not (number.isascii() and number.isdigit() and len(number) < 5)):
        raise Http404(word)
    change(request, draft, int(number or 0))
    return HttpResponseRedirect(HERE if word != "drop" else "/procedure/routing/")


Change = Callable[[HttpRequest, Draft, int], None]


def _on_newest(request: HttpRequest, draft: Draft, _number: int) -> None:
    # Who does so has seen what differs: the rules of the draft then replace those put in force meanwhile.
    routing_draft.keep(request, Draft(routing_rules.newest().number, draft.rules))


_CHANGES: dict[str, Change] = {
    "up": lambda request, draft, number: routing_draft.keep(request, draft.moved(number, -1)),
    "down": lambda request, draft, number: routing_draft.keep(request, draft.moved(number, 1)),
    "delete": lambda request, draft, number: routing_draft.keep(request, draft.without(number)),
    "drop": lambda request, _draft, _number: routing_draft.drop(request),
    "rebase": _on_newest,
}


def _put_in_force(request: HttpRequest, draft: Draft) -> HttpResponse:
    given = {"rules": draft.as_input(), "reason": request.POST.get("reason", ""), "based_on": draft.based_on}
    book = Procedure.objects.get(pk=1)
    try:
        dispatch(STEP, actor_of(request), given, subject=book)
    except StepRefused as refused:
        wrong = refused.fields if isinstance(refused, Invalid) else {}
        return _shown(request, draft, str(refused.sentence), wrong, refused.status)
    routing_draft.drop(request)
    messages.success(request, _("The new routing rules are in force; orders that come from now on follow them."))
    return HttpResponseRedirect("/procedure/routing/")


def _shown(
    request: HttpRequest,
    draft: Draft,
    sentence: str = "",
    errors: Mapping[str, list[str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    wrong, newest = errors or {}, routing_rules.newest()
    changed = [row for row in differences(newest.rules, draft.rules) if row["row"].kind != "kept"]
    context = {
        "rows": routing_draft.table(draft.rules),
        "draft": draft,
        "newest": newest,
        "newer": newest.number != draft.based_on,
        "changed": changed,
        "sentence": sentence,
        "above": routing_form.spoken({name: why for name, why in wrong.items() if name != "reason"}),
        "reason": request.POST.get("reason", ""),
        "reason_errors": wrong.get("reason", []),
        "full": len(draft.rules) >= routing_draft.MOST,
    }
    return render(request, "screens/routing_draft.html", context, status=status)


# One rule ----------------------------------------------------------------------------------------------------------


@setting
def rule_page(request: HttpRequest, number: int) -> HttpResponse:
    """One rule of the draft, or with number 0 a new one, prefilled from an order when one is named."""
    draft = routing_draft.or_from(request, routing_rules.newest())
    if number > len(draft.rules) or (number == 0 and len(draft.rules) >= routing_draft.MOST):
        raise Http404(str(number))
    if request.method != "POST":
        return _form(request, number, _begun(request, draft, number), {})
    given = routing_form.typed(request.POST)
    try:
        rule = routing_form.as_rule(given)
    except Invalid as error:
        return _form(request, number, given, error.fields, 422)
    routing_draft.keep(request, draft.with_rule(number, rule))
    return HttpResponseRedirect(HERE)


def _begun(request: HttpRequest, draft: Draft, number: int) -> dict[str, Any]:
    if number:
        return routing_form.as_input(draft.rules[number - 1], routing_form.all_codes())
    ref = request.GET.get("order", "")
    if not ref:
        return {}
    try:
        order = access.get(actor_of(request), Order, ref)
    except NoSuchSubject as error:
        raise Http404(ref) from error
    categories = [category for category in facts_of([order])[order.pk].categories if category]
    return {"shops": [order.shop], "categories": list(dict.fromkeys(categories))}


def _form(
    request: HttpRequest, number: int, given: Mapping[str, Any], errors: Mapping[str, list[str]], status: int = 200
) -> HttpResponse:
    fields = routing_form.fields(given, errors)
    chosen = {name: given.get(name, []) for name in routing_form.CHOSEN}
    above = [reason for place, why in errors.items() if not place for reason in why]
    context = {"number": number, "fields": fields, "chosen": chosen, "errors": errors, "above": above}
    return render(request, "screens/routing_rule.html", context, status=status)


# Past orders -------------------------------------------------------------------------------------------------------


@setting
def replay_page(request: HttpRequest) -> HttpResponse:
    """How many of the last orders would go elsewhere by the draft."""
    actor, now, newest = actor_of(request), clock.now(), routing_rules.newest()
    draft = routing_draft.present(request)
    if draft is None:
        return render(request, "screens/routing_replay.html", {"days": DAYS})
    active = frozenset(Department.objects.filter(is_active=True).values_list("pk", flat=True))
    calendar = rules.in_force(now).calendar
    found = replayed(access.visible(actor, Order), newest.rules, draft.rules, active, calendar, now)
    names = {0: _("nobody; it would wait for routing")} | routing_rules.names()
    context = {
        "draft": draft,
        "newest": newest,
        "found": found,
        "days": DAYS,
        "most": MOST,
        "shown": SHOWN,
        "moves": [(names[one or 0], names[other or 0], count) for (one, other), count in found.moves.most_common()],
        "examples": [(row, names[row.before or 0], names[row.after or 0]) for row in found.examples],
        "by_rule": [
            (number, sentence(rule, routing_rules.names()), found.by_rule[number])
            for number, rule in enumerate(draft.rules, start=1)
        ],
    }
    return render(request, "screens/routing_replay.html", context)
