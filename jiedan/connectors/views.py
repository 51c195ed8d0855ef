"""连接: how each shop's connection is doing, and pulling one now."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jiedan.connectors.models import Account
from jiedan.core import clock
from jiedan.core.roles import Role
from jiedan.kernel.models import PeriodicTask
from jiedan.orders import access
from jiedan.screens.views.base import actor_of, readable

MAY_CHANGE = frozenset({Role.SYSTEM_ADMIN})


@readable("connection")
def connections(request: HttpRequest) -> HttpResponse:
    """Every connection: how it is doing, and where to work on it."""
    actor = actor_of(request)
    accounts = access.visible(actor, Account).order_by("platform", "shop")
    may = {"may_change": bool(actor.roles & MAY_CHANGE), "may_import": access.may_read(actor, "import")}
    context = {"accounts": accounts, **may}
    return render(request, "connectors/connections.html", context)


@require_POST
@readable("connection")
def pull_now(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a shop pulled with the worker's next round."""
    if not actor_of(request).roles & MAY_CHANGE:
        return render(request, "403.html", status=403)
    account = get_object_or_404(access.visible(actor_of(request), Account), pk=pk)
    PeriodicTask.objects.filter(name=f"pull {account.platform} {account.shop}").update(next_at=clock.now())
    messages.success(request, _("%(name)s is pulled in a moment.") % {"name": account.name})
    return HttpResponseRedirect("/connections/")
