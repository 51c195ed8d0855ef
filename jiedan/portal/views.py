"""/p/<token>/: the customer's page, without an account; a phone first (clauses 1.3.2, 2.3.1).

Looking changes nothing but the list of visits, so that programs that preview links do no harm; steps are posted.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from jiedan.core import clock
from jiedan.documents import filing
from jiedan.documents.transfer import as_download
from jiedan.kernel.action import REGISTRY
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Invalid, Sentence, StepRefused
from jiedan.kernel.naming import stage_title
from jiedan.people.addresses import client_address, too_often
from jiedan.people.models import Department
from jiedan.portal import links
from jiedan.portal.entry import ByCustomer
from jiedan.portal.models import Link, Visit
from jiedan.portal.purposes import PURPOSES, Form, Purpose

log = logging.getLogger(__name__)

TIMES, SECONDS = 60, 60
"""How often one address may ask; a customer at work on a contract saves and looks every few seconds."""
_OWN: Final = frozenset({"csrfmiddlewaretoken", "step"})


@dataclass(frozen=True, slots=True)
class _Came:
    """A request behind a link that leads somewhere."""

    link: Link
    purpose: Purpose
    now: datetime
    address: str
    device: str

    def put_down(self, what: str, detail: str = "") -> None:
        links.put_down(self.link, what, self.now, self.address, self.device, detail)


@require_http_methods(["GET", "HEAD", "POST"])
def portal(request: HttpRequest, token: str) -> HttpResponse:
    """What the link is for; a POST takes one of the steps that it allows."""
    came = _came(request, token)
    if isinstance(came, HttpResponse):
        return came
    if request.method == "POST":
        return _act(request, came)
    came.put_down(Visit.LOOKED)
    return _page(request, came, None, 200)


@require_safe
def fetch(request: HttpRequest, token: str, sha256: str) -> HttpResponse:
    """A copy of one of the papers that belong to what the link is for."""
    came = _came(request, token)
    if isinstance(came, HttpResponse):
        return came
    found = next((paper for paper in came.purpose.files(came.link) if paper.sha256 == sha256), None)
    if found is None:
        return _nothing(request, _("There is no such paper behind this link."), 404)
    try:
        content = filing.content(found)
    except filing.Unavailable as gone:
        came.put_down(Visit.REFUSED, str(gone))
        return _page(request, came, str(gone), 409)
    came.put_down(Visit.FETCHED, found.name)
    return _private(as_download(found, content))


def _came(request: HttpRequest, token: str) -> _Came | HttpResponse:
    if too_often(request, "portal", TIMES, SECONDS):
        response = _nothing(request, _("Too many requests from your network. Wait a minute and try again."), 429)
        response["Retry-After"] = str(SECONDS)
        return response
    link = links.found(token)
    purpose = None if link is None else PURPOSES.get(link.purpose)
    if link is None or purpose is None:
        log.warning("portal: a link that isn't one, from %s", client_address(request))
        return _nothing(
            request, _("This link isn't one of ours, or a part of it is missing. Open it as we sent it."), 404
        )
    device = str(request.headers.get("User-Agent", ""))[:200]
    came = _Came(link, purpose, clock.now(), client_address(request)[:45], device)
    sentence = links.ended(link, came.now)
    if sentence is not None:
        came.put_down(Visit.REFUSED, sentence)
        return _nothing(request, sentence, 410)
    return came


def _act(request: HttpRequest, came: _Came) -> HttpResponse:
    code = str(request.POST.get("step", ""))
    if code not in came.purpose.steps:
        sentence = _("This link isn't for that step.")
        came.put_down(Visit.REFUSED, sentence)
        return _page(request, came, sentence, 409)
    over = came.purpose.over(came.link, came.now)
    if over is not None:
        came.put_down(Visit.REFUSED, str(over))
        return _page(request, came, over, 409)
    try:
        dispatch(
            code, links.customer(came.link.order), _given(request, came, code),
            subject=came.link.order, channel="portal",
        )  # fmt: skip
    except StepRefused as refused:
        came.put_down(Visit.REFUSED, str(refused.sentence))
        errors = refused.fields if isinstance(refused, Invalid) else {}
        return _page(request, came, refused.sentence, refused.status, errors=errors)
    came.put_down(Visit.ACTED, code)
    return HttpResponseRedirect(request.path)


def _given(request: HttpRequest, came: _Came, code: str) -> dict[str, Any]:
    typed = {name: value for name, value in request.POST.items() if name not in _OWN}
    if not issubclass(REGISTRY[code].input, ByCustomer):
        raise TypeError(f"{code}: a customer's step takes a ByCustomer input")
    ours = {"link": came.link.pk, "content_hash": came.link.about, "address": came.address, "device": came.device}
    return typed | ours


def _page(
    request: HttpRequest,
    came: _Came,
    sentence: Sentence | None,
    status: int,
    *,
    errors: dict[str, list[str]] | None = None,
) -> HttpResponse:
    order = came.link.order
    order.refresh_from_db(fields=["stage", "version", "due_at"])
    typed = {name: str(value) for name, value in request.POST.items()} if request.method == "POST" else {}
    form = Form(came.now, typed, errors or {})
    context = {
        "order": order,
        "link": came.link,
        "purpose": came.purpose,
        "stage": stage_title(order.KIND, order.stage),
        "company": Department.objects.get(parent=None).name,
        "sentence": sentence,
        "over": came.purpose.over(came.link, came.now),
        "errors": form.errors,
        "typed": form.typed,
        "files": came.purpose.files(came.link),
        "promised_on": order.promised_on,
        **came.purpose.context(came.link, form),
    }
    return _private(render(request, came.purpose.template, context, status=status))


def _nothing(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    return _private(render(request, "portal/nothing.html", {"sentence": sentence}, status=status))


def _private(response: HttpResponse) -> HttpResponse:
    # The address is the right itself: it isn't stored on the way, indexed, or told to other sites. (Telling it to
    # nobody at all would make browsers hide where a form comes from, and the form would be refused as a forged one.)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "same-origin"
    return response
