"""对账: days × shops, what differs, and mending it."""

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jiedan.connectors.china_time import CHINA
from jiedan.connectors.reconciliation import queries
from jiedan.core import clock
from jiedan.screens.views.base import actor_of, readable


@readable("reconciliation")
def days(request: HttpRequest) -> HttpResponse:
    """Two weeks of every shop; with ?shop=…&day=… the differences of that day."""
    actor, accounts = actor_of(request), queries.shops()
    last = clock.now().astimezone(CHINA).date() - timedelta(days=1)
    chosen = next((shop for shop in accounts if shop.code == request.GET.get("shop")), None)
    day = _day(request.GET.get("day", ""))
    rows = []
    if chosen is not None and day is not None:
        rows = [row for row in queries.rows_of(actor, day, day) if row.account_id == chosen.pk]
    context = {
        "shops": accounts,
        "lines": queries.matrix(actor, accounts, last),
        "chosen": chosen,
        "day": day,
        "rows": rows,
        "here": request.get_full_path(),
    }
    return render(request, "reconciliation/days.html", context)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
