"""/p/<token>/: the customer's page, without an account; a phone first (clauses 1.3.2, 2.3.1).

Looking changes nothing but the list of visits, so that programs that preview links do no harm; steps are posted.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from jiedan.core import clock
from jiedan.documents import filing
from jiedan.documents.transfer import as_download
from jiedan.kernel.action import REGISTRY
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Invalid, Sentence, StepRefused
from jiedan.people.addresses import client_address, too_often
from jiedan.portal import answers, language, links
from jiedan.portal.entry import ByCustomer
from jiedan.portal.models import Link, Visit
from jiedan.portal.purposes import PURPOSES, Purpose

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

    def page(
        self,
        request: HttpRequest,
        sentence: Sentence | None,
        status: int,
        errors: Mapping[str, list[str]] | None = None,
    ) -> HttpResponse:
        return answers.page(request, self.link, self.purpose, self.now, sentence, status, errors)


@require_http_methods(["GET", "HEAD", "POST"])
def portal(request: HttpRequest, token: str) -> HttpResponse:
    """What the link is for; a POST takes one of the steps that it allows."""
    came = _came(request, token)
    if isinstance(came, HttpResponse):
        return came
    if request.method == "POST":
        return _act(request, came)
    came.put_down(Visit.LOOKED)
    return came.page(request, None, 200)


@require_safe
def fetch(request: HttpRequest, token: str, sha256: str) -> HttpResponse:
    """A copy of one of the papers that belong to what the link is for."""
    came = _came(request, token)
    if isinstance(came, HttpResponse):
        return came
    found = next((paper for paper in came.purpose.files(came.link) if paper.sha256 == sha256), None)
    if found is None:
        sentence = _("There is no such paper behind this link. Open the link anew; the papers stand at its end.")
        came.put_down(Visit.REFUSED, sentence)
        return answers.nothing(request, sentence, 404, came.link)
    try:
        content = filing.content(found)
    except filing.Unavailable as gone:
        came.put_down(Visit.REFUSED, str(gone))
        return came.page(request, str(gone), 409)
    came.put_down(Visit.FETCHED, found.name)
    return answers.private(as_download(found, content))


def nowhere(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - the signature is Django's
    """The customers' host has nothing at this address."""
    return answers.nothing(request, _("There is nothing at this address. Open the link as we sent it."), 404)


def unproven(request: HttpRequest, token: str) -> HttpResponse:
    """A form that came without the mark of our page: cookies are off, or it stood open too long (S-25)."""
    came = _came(request, token)
    if isinstance(came, HttpResponse):
        return came
    sentence = _(
        "Your browser didn't send along what proves that this came from our page; nothing was changed. Allow cookies for this page, open the link anew and repeat it."
    )
    came.put_down(Visit.REFUSED, sentence)
    return came.page(request, sentence, 403)


def _came(request: HttpRequest, token: str) -> _Came | HttpResponse:
    if too_often(request, "portal", TIMES, SECONDS):
        return answers.too_often(request, SECONDS)
    switched = language.chosen(request)
    if switched is not None:
        return answers.private(switched)
    link = links.found(token)
    purpose = None if link is None else PURPOSES.get(link.purpose)
    if link is None or purpose is None:
        log.warning("portal: a link that isn't one, from %s", client_address(request))
        return answers.nothing(
            request, _("This link isn't one of ours, or a part of it is missing. Open it as we sent it."), 404
        )
    device = str(request.headers.get("User-Agent", ""))[:200]
    came = _Came(link, purpose, clock.now(), client_address(request)[:45], device)
    sentence = links.ended(link, came.now)
    if sentence is not None:
        came.put_down(Visit.REFUSED, sentence)
        return answers.nothing(request, sentence, 410, link)
    return came


def _act(request: HttpRequest, came: _Came) -> HttpResponse:
    code = str(request.POST.get("step", ""))
    if code not in came.purpose.steps:
        sentence = _("This link isn't for that step; nothing was changed. Use the link that we sent you for it.")
        came.put_down(Visit.REFUSED, sentence)
        return came.page(request, sentence, 409)
    over = came.purpose.over(came.link, came.now)
    if over is not None:
        came.put_down(Visit.REFUSED, str(over))
        return came.page(request, _("What you just sent changed nothing; below stands how things are."), 409)
    try:
        dispatch(
            code, links.customer(came.link.order), _given(request, came, code),
            subject=came.link.order, channel="portal",
        )  # fmt: skip
    except StepRefused as refused:
        came.put_down(Visit.REFUSED, str(refused.sentence))
        errors = refused.fields if isinstance(refused, Invalid) else {}
        return came.page(request, refused.sentence, refused.status, errors)
    came.put_down(Visit.ACTED, code)
    return answers.private(HttpResponseRedirect(request.path))


def _given(request: HttpRequest, came: _Came, code: str) -> dict[str, Any]:
    typed = {name: value for name, value in request.POST.items() if name not in _OWN}
    if not issubclass(REGISTRY[code].input, ByCustomer):
        raise TypeError(f"{code}: a customer's step takes a ByCustomer input")
    ours = {"link": came.link.pk, "content_hash": came.link.about, "address": came.address, "device": came.device}
    return typed | ours
