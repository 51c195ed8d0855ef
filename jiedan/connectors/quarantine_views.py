"""隔离区: messages that couldn't be used, grouped by cause, to be tried again or given up (clause 2.1.2)."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Max, Min, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jiedan.connectors.causes import words
from jiedan.connectors.models import Account, Quarantined
from jiedan.core.lifecycle import LIFECYCLES, MessageStage
from jiedan.kernel.action import REGISTRY
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import StepRefused
from jiedan.kernel.naming import stage_title
from jiedan.orders import access
from jiedan.people.actor import SYSTEM, Actor
from jiedan.people.subject import NoSuchSubject
from jiedan.screens.views.base import actor_of, readable

PAGE = 100
STEPS = {"replay": "connectors.replay_message", "discard": "connectors.discard_message"}
"""What can be done with many at once."""


@readable("message")
def quarantine(request: HttpRequest) -> HttpResponse:
    """The causes; below them the messages of the one that was chosen."""
    actor = actor_of(request)
    stage = request.GET.get("stage", "")
    stage = stage if stage in set(MessageStage) else MessageStage.WAITING
    rows = access.visible(actor, Quarantined).filter(stage=stage)
    cause, account = request.GET.get("cause", ""), request.GET.get("account", "")
    shown = _narrowed(rows, cause, account)
    context = {
        "groups": _groups(rows, cause, account),
        "stages": [
            {"title": stage_title("message", name), "current": name == stage, "address": f"?stage={name}"}
            for name in LIFECYCLES["message"].titles
        ],
        "rows": shown.select_related("account").order_by("-last_at", "-pk")[:PAGE],
        "count": shown.count(),
        "most": PAGE,
        "cause": words(cause) if cause else "",
        "waiting": stage == MessageStage.WAITING,
        "may": {name: REGISTRY[code].grant(actor, None) is not None for name, code in STEPS.items()},
        "here": request.get_full_path(),
    }
    return render(request, "connectors/quarantine.html", context)


@require_POST
@readable("message")
def many(request: HttpRequest) -> HttpResponse:
    """Take a step on each of the chosen messages and say of each what became of it."""
    actor, step = actor_of(request), STEPS.get(request.POST.get("step", ""), "")
    chosen = request.POST.getlist("message")[:PAGE]
    if not step or not chosen:
        return render(
            request, "connectors/quarantine_done.html", {"nothing": _("Choose messages and a step.")}, status=422
        )
    given = {"reason": request.POST.get("reason", "")} if step == STEPS["discard"] else {}
    results = [_taken(actor, step, ref, given) for ref in chosen]
    context = {
        "results": results,
        "title": REGISTRY[step].title,
        "done": sum(result["done"] for result in results),
        "not_done": sum(not result["done"] for result in results),
    }
    return render(request, "connectors/quarantine_done.html", context)


def _taken(actor: Actor, step: str, ref: str, given: Mapping[str, str]) -> dict[str, Any]:
    try:
        message = access.get(actor, Quarantined, ref)
        dispatch(step, actor, given, subject=message)
    except NoSuchSubject:
        return {"ref": ref[:20], "done": False, "why": _("There is nothing here, or you may not see it.")}
    except StepRefused as refused:
        fields = getattr(refused, "fields", {})
        reasons = [" ".join(found) for found in fields.values()]
        return {"ref": message.ref, "done": False, "why": " ".join([str(refused.sentence), *reasons])}
    return {"ref": message.ref, "done": True, "why": ""}


def _narrowed(rows: QuerySet[Quarantined], cause: str, account: str) -> QuerySet[Quarantined]:
    if cause:
        rows = rows.filter(cause=cause[:40])
    if account.isascii() and account.isdigit() and len(account) < 18:
        rows = rows.filter(account=int(account)) if int(account) else rows.filter(account=None)
    return rows


def _groups(rows: QuerySet[Quarantined], cause: str, account: str) -> list[dict[str, Any]]:
    names = {row.pk: row.name for row in access.visible(SYSTEM, Account)}
    found = rows.values("cause", "account", "channel").annotate(
        count=Count("pk"), sum=Sum("times"), first=Min("first_at"), last=Max("last_at")
    )
    return [
        group
        | {
            "title": words(group["cause"]),
            "shop": names.get(group["account"], "—"),
            "address": f"?cause={group['cause']}&account={group['account'] or 0}",
            "current": group["cause"] == cause and str(group["account"] or 0) == account,
        }
        for group in found.order_by("-count", "cause")
    ]
