"""回调: what others are to be told, how far that is, and telling it again (clause 2.1.2)."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jiedan.connectors.outgoing.models import Outgoing
from jiedan.core import clock
from jiedan.core.roles import Role
from jiedan.screens.views.base import actor_of, readable

PAGE = 100
MAY_CHANGE = frozenset({Role.SYSTEM_ADMIN})


@readable("connection")
def outgoing(request: HttpRequest) -> HttpResponse:
    """The newest first, narrowed to one state by a chip; each with its attempts."""
    titles = {Outgoing.WAITING: _("waiting"), Outgoing.SENT: _("sent"), Outgoing.GIVEN_UP: _("given up")}
    state = request.GET.get("state", "")
    rows = Outgoing.objects.select_related("account", "order").prefetch_related("tries")
    rows = rows.filter(state=state) if state in titles else rows
    counts = dict(Outgoing.objects.values_list("state").annotate(Count("pk")))
    context: dict[str, Any] = {
        "rows": [{"event": row, "state": titles[row.state]} for row in rows.order_by("-pk")[:PAGE]],
        "states": [
            {"title": title, "count": counts.get(name, 0), "current": name == state, "address": f"?state={name}"}
            for name, title in titles.items()
        ],
        "given_up": counts.get(Outgoing.GIVEN_UP, 0),
        "may_change": bool(actor_of(request).roles & MAY_CHANGE),
    }
    return render(request, "outgoing/outgoing.html", context)


@require_POST
@readable("connection")
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Have an event sent once more, whatever became of it; its number stays, so the other side can tell."""
    if not actor_of(request).roles & MAY_CHANGE:
        return render(request, "403.html", status=403)
    row = get_object_or_404(Outgoing, pk=pk)
    Outgoing.objects.filter(pk=row.pk).update(state=Outgoing.WAITING, next_at=clock.now(), created_at=clock.now())
    messages.success(request, _("%(event)s is sent again in a moment.") % {"event": row.event})
    return HttpResponseRedirect("/connections/outgoing/")


@require_POST
@readable("connection")
def all_again(request: HttpRequest) -> HttpResponse:
    """Have everything sent once more that was given up, in its order; where an address is missing it waits for one."""
    if not actor_of(request).roles & MAY_CHANGE:
        return render(request, "403.html", status=403)
    now = clock.now()
    count = Outgoing.objects.filter(state=Outgoing.GIVEN_UP).update(state=Outgoing.WAITING, next_at=now, created_at=now)
    messages.success(request, _("%(count)d events are sent again in a moment.") % {"count": count})
    return HttpResponseRedirect("/connections/outgoing/")
