"""连接: how each shop's connection is doing, what couldn't be used, pause and pull."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jiedan.connectors.models import Account, Quarantined
from jiedan.core import clock
from jiedan.core.roles import Role
from jiedan.kernel.models import PeriodicTask
from jiedan.orders import access
from jiedan.screens.views.base import actor_of, readable

MAY_CHANGE = frozenset({Role.SYSTEM_ADMIN})


@readable("connection")
def connections(request: HttpRequest) -> HttpResponse:
    """Every connected shop and the messages that couldn't be used."""
    tasks = {task.arguments[0]: task for task in PeriodicTask.objects.filter(name__startswith="pull ")}
    accounts = [{"account": row, "task": tasks.get(row.pk)} for row in Account.objects.order_by("platform", "shop")]
    unusable = access.visible(actor_of(request), Quarantined).filter(stage="waiting").order_by("-last_at")[:100]
    context = {"accounts": accounts, "unusable": unusable, "may_change": bool(actor_of(request).roles & MAY_CHANGE)}
    return render(request, "connectors/connections.html", context)


@require_POST
@readable("connection")
def pull_now(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a shop pulled with the worker's next round."""
    if not actor_of(request).roles & MAY_CHANGE:
        return render(request, "403.html", status=403)
    account = get_object_or_404(Account, pk=pk)
    PeriodicTask.objects.filter(name=f"pull {account.platform} {account.shop}").update(next_at=clock.now())
    messages.success(request, _("%(name)s is pulled in a moment.") % {"name": account.name})
    return HttpResponseRedirect("/connections/")
