"""分派规则: the rules in force with their history, what differs between two versions, and trying an order out (1.3.4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _

from jiedan.acquisition import routing_history, routing_rules
from jiedan.acquisition.queries import router_of
from jiedan.acquisition.routing import FULL, INACTIVE, Rule, route
from jiedan.acquisition.routing_facts import RoutingFacts, plain_region, plain_text
from jiedan.acquisition.routing_input import BETWEEN
from jiedan.acquisition.routing_replay import facts_of
from jiedan.acquisition.routing_review import Difference, compared
from jiedan.acquisition.routing_wording import PLATFORMS, conditions, destination, mismatch_title, sentence
from jiedan.core import clock
from jiedan.core.faults import WrongInput
from jiedan.core.money import yuan
from jiedan.kernel.action import REGISTRY
from jiedan.kernel.models import Procedure
from jiedan.orders import access
from jiedan.orders.models import Order
from jiedan.people.actor import Actor
from jiedan.people.subject import NoSuchSubject
from jiedan.screens import routing_draft
from jiedan.screens.views.base import actor_of, readable

STEP = "acquisition.set_routing"


def may_set(actor: Actor) -> bool:
    """Whether the person may put routing rules in force."""
    return REGISTRY[STEP].grant(actor, None) is not None


@readable("procedure")
def routing_page(request: HttpRequest) -> HttpResponse:
    """The rules in force as sentences, with warnings, and every version before them."""
    actor, newest = actor_of(request), routing_rules.newest()
    context = {
        "version": newest,
        "rows": routing_draft.table(newest.rules),
        "editions": routing_history.editions(),
        "may_set": may_set(actor),
        "reads_orders": access.may_read(actor, "order"),
        "draft": routing_draft.present(request),
        "book": Procedure.objects.get(pk=1),
    }
    return render(request, "screens/routing_rules.html", context)


@readable("procedure")
def compare_page(request: HttpRequest) -> HttpResponse:
    """What differs between two versions."""
    old, new = (_numbered(request.GET.get(name, "")) for name in ("from", "to"))
    context = {"old": old, "new": new, "differences": differences(old.rules, new.rules)}
    return render(request, "screens/routing_compare.html", context)


def _numbered(text: str) -> routing_rules.Version:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Http404(text)
    found = routing_rules.version(int(text))
    if not found.number:
        raise Http404(text)
    return found


def differences(old: Sequence[Rule], new: Sequence[Rule]) -> list[dict[str, Any]]:
    """The rules of both sets, as a page shows what differs."""
    names = routing_rules.names()
    return [_difference(row, names) for row in compared(old, new)]


def _difference(row: Difference, names: Mapping[int, str]) -> dict[str, Any]:
    titles = {"kept": "", "moved": _("moved"), "added": _("added"), "removed": _("removed")}
    return {"row": row, "title": titles[row.kind], "sentence": sentence(row.rule, names)}


# Trying it out -----------------------------------------------------------------------------------------------------

TYPED = ("order", "platform", "shop", "category", "amount", "region", "words", "at")


@dataclass(frozen=True, slots=True)
class Case:
    """What is tried: the facts, the moment, and the order that they are of, if any."""

    facts: RoutingFacts
    at: datetime
    order: Order | None = None


@readable("order")
def try_page(request: HttpRequest) -> HttpResponse:
    """Where an order would go and why, by the rules in force and by the draft: typed facts, or an order that we have."""
    given = {name: request.GET.get(name, "").strip()[:200] for name in TYPED}
    case, errors = None, dict[str, str]()
    if any(given.values()):
        case, errors = _case(actor_of(request), given)
    draft = routing_draft.present(request)
    sets = []
    if case:
        newest = routing_rules.newest()
        sets.append(_tried(case, newest.rules, _("Version %(n)d, in force") % {"n": newest.number}))
        if draft:
            sets.append(_tried(case, draft.rules, _("Your draft")))
    context = {
        "given": given,
        "errors": errors,
        "case": case,
        "sets": sets,
        "platforms": PLATFORMS.items(),
        "draft": draft,
    }
    return render(request, "screens/routing_try.html", context, status=422 if errors else 200)


def _case(actor: Actor, given: Mapping[str, str]) -> tuple[Case | None, dict[str, str]]:
    errors: dict[str, str] = {}
    at = _moment(given["at"], errors)
    if given["order"]:
        try:
            order = access.get(actor, Order, given["order"].upper())
        except NoSuchSubject:
            return None, errors | {"order": _("There is nothing here, or you may not see it.")}
        return (None if errors else Case(facts_of([order])[order.pk], at or order.received_at, order)), errors
    facts = RoutingFacts(
        given["shop"],
        tuple(part.strip() for part in BETWEEN.split(given["category"]) if part.strip()),
        given["platform"],
        _amount(given["amount"], errors),
        plain_region(given["region"]),
        plain_text(given["words"]),
    )
    return (None if errors else Case(facts, at or clock.now())), errors


def _moment(text: str, errors: dict[str, str]) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or not 2000 <= found.year <= 2100:
        errors["at"] = _("Date and time are expected, e.g. 2026-09-20 09:30.")
        return None
    return found if found.tzinfo else found.replace(tzinfo=get_current_timezone())


def _amount(text: str, errors: dict[str, str]) -> Decimal:
    try:
        return yuan(text or "0")
    except WrongInput:
        errors["amount"] = _("A number is expected, e.g. 128.50.")
        return Decimal(0)


def _tried(case: Case, rules: Sequence[Rule], title: str) -> dict[str, Any]:
    names = routing_rules.names()
    by = router_of(rules, 0, case.at)
    found = route(case.facts, rules, 0, by.circumstances)
    matched = found.explanation["matched"]
    rows = []
    for number, rule in enumerate(rules, start=1):
        wrong = rule.mismatches(case.facts, by.circumstances)
        rows.append(
            {
                "number": number,
                "conditions": [(text, name not in wrong) for name, text in conditions(rule).items()],
                "destination": destination(rule, names),
                "refused": [mismatch_title(name) for name in wrong if name in (INACTIVE, FULL)],
                "loads": [(names.get(one, f"#{one}"), by.loads[one]) for one in rule.departments if rule.asks_loads],
                "fits": not wrong,
                "wins": number == matched,
                "behind": matched is not None and number > matched,
            }
        )
    department = "" if found.department is None else names[found.department]
    return {"title": title, "department": department, "matched": matched, "rows": rows}
