"""How the portal answers: a purpose's page, or a page that says why there is none and whom to ask."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jiedan.kernel.errors import Sentence
from jiedan.kernel.naming import stage_title
from jiedan.orders.models import Order
from jiedan.people.models import Department
from jiedan.portal import language
from jiedan.portal.models import Link
from jiedan.portal.purposes import Form, Purpose


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom the customer may ask."""

    name: str
    department: str
    email: str


def page(
    request: HttpRequest,
    link: Link,
    purpose: Purpose,
    now: datetime,
    sentence: Sentence | None,
    status: int,
    errors: Mapping[str, list[str]] | None = None,
) -> HttpResponse:
    """What the link is for, with the SENTENCE that says what just went wrong."""
    order = link.order
    order.refresh_from_db(fields=["stage", "version", "due_at", "promised_on"])
    typed = {name: str(value) for name, value in request.POST.items()} if request.method == "POST" else {}
    form = Form(now, typed, errors or {})
    context = {
        "order": order,
        "link": link,
        "purpose": purpose,
        "stage": stage_title(order.KIND, order.stage),
        "sentence": sentence,
        "over": purpose.over(link, now),
        "errors": form.errors,
        "typed": form.typed,
        "files": purpose.files(link),
        "contact": contact(order),
        **_frame(),
        **purpose.context(link, form),
    }
    return private(render(request, purpose.template, context, status=status))


def nothing(
    request: HttpRequest, sentence: Sentence, status: int, link: Link | None = None, title: str = ""
) -> HttpResponse:
    """A page that says why there is nothing to see, what to do, and whom to ask if that is known."""
    context = {
        "title": title or _("This link leads nowhere"),
        "sentence": sentence,
        "contact": contact(link.order) if link else None,
        **_frame(),
    }
    return private(render(request, "portal/nothing.html", context, status=status))


def too_often(request: HttpRequest, seconds: int) -> HttpResponse:
    """The address asks too often; how long to wait."""
    sentence = _("Too many requests from your network. Wait a minute and try again.")
    response = nothing(request, sentence, 429, title=_("One moment, please"))
    response["Retry-After"] = str(seconds)
    return response


def contact(order: Order) -> Contact:
    """Who took the order on, or the department alone."""
    staff = order.accepted_by
    if staff is None or not staff.is_active:
        return Contact("", order.department.name, "")
    return Contact(staff.name, order.department.name, staff.email)


def private(response: HttpResponse) -> HttpResponse:
    """The answer with what keeps its address from others."""
    # The address is the right itself: it isn't stored on the way, indexed, or told to other sites. (Telling it to
    # nobody at all would make browsers hide where a form comes from, and the form would be refused as a forged one.)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "same-origin"
    return response


def _frame() -> dict[str, Any]:
    code, name = language.OTHER.get(get_language() or "", language.OTHER["zh-hans"])
    return {"company": Department.objects.get(parent=None).name, "other_code": code, "other_name": name}
