"""The page of a customer's link: sending it, and what happened behind it (clauses 2.3.1, 6.2.1)."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from jiedan.core import clock
from jiedan.kernel.wording import path_of
from jiedan.orders.models import Order
from jiedan.portal import link_page as found
from jiedan.portal.retention import kept
from jiedan.screens.views.base import actor_of, page, subject_of


@page
def link_page(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """One link of an order; ?before= goes on to older visits."""
    order = subject_of(request, Order, ref)
    now, before = clock.now(), _key(request.GET.get("before", ""))
    shown = found.shown(order, pk, actor_of(request), now, before)
    if shown is None:
        raise Http404(str(pk))
    context = {
        "subject": order,
        "shown": shown,
        "first": before is None,
        "kept_days": kept(now).days,
        "address": path_of(order.KIND, order.ref),
        "here": f"{path_of(order.KIND, order.ref)}links/{pk}/",
        **mail_form({"link": str(pk), "language": shown.language}, {}),
    }
    return render(request, "portal/link.html", context)


def mail_form(values: Mapping[str, str], errors: Mapping[str, list[str]]) -> dict[str, Any]:
    """What the form for sending a link by mail holds, and what was wrong with it."""
    return {
        "chosen": values.get("link", ""),
        "by_mail": values.get("way") == "mail" and _key(values.get("link", "")) is not None,
        "language": values.get("language", ""),
        "email_errors": errors.get("email", []),
        "link_errors": [reason for name, reasons in errors.items() if name != "email" for reason in reasons],
    }


def _key(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None
