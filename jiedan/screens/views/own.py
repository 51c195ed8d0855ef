"""What belongs to the person: notices, settings, tokens, theme, the command palette."""

from django.contrib import messages
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jiedan.acquisition.models import Listing
from jiedan.core import clock, invisible
from jiedan.core.procedure import CLAUSES
from jiedan.kernel.models import Notice
from jiedan.kernel.naming import clause_title
from jiedan.kernel.wording import path_of
from jiedan.orders import access
from jiedan.orders.models import Order
from jiedan.people import tokens
from jiedan.people.actor import Actor
from jiedan.people.models import ApiToken, Staff
from jiedan.people.subject import NoSuchSubject
from jiedan.screens.notices import shown
from jiedan.screens.views.base import actor_of, page
from jiedan.screens.views.order_list import Filters, narrowed

THEMES = ("light", "dark", "auto")


@page
def notices(request: HttpRequest) -> HttpResponse:
    """What I was told, newest first."""
    rows = Notice.objects.filter(staff=actor_of(request).staff_id).select_related("record").order_by("-pk")[:100]
    return render(request, "screens/notices.html", {"notices": [shown(row) for row in rows]})


@page
def bell(request: HttpRequest) -> HttpResponse:
    """How many notices I haven't read; asked for now and then by every page."""
    unread = Notice.objects.filter(staff=actor_of(request).staff_id, read_at=None)[:100].count()
    return render(request, "screens/bell.html", {"unread": unread})


@require_POST
@page
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark one notice (and go where it leads) or all as read."""
    mine = Notice.objects.filter(staff=actor_of(request).staff_id, read_at=None)
    chosen = request.POST.get("notice", "")
    if chosen.isascii() and chosen.isdigit():
        notice = get_object_or_404(
            Notice.objects.select_related("record"), pk=int(chosen), staff=actor_of(request).staff_id
        )
        mine.filter(pk=notice.pk).update(read_at=clock.now())
        return HttpResponseRedirect(shown(notice)["path"])
    mine.update(read_at=clock.now())
    return HttpResponseRedirect("/notices/")


@page
def settings_page(request: HttpRequest) -> HttpResponse:
    """My account: password, second factor, sessions, tokens."""
    rows = ApiToken.objects.filter(staff=actor_of(request).staff_id, revoked_at=None).order_by("-pk")
    return render(request, "screens/settings.html", {"tokens": rows, "now": clock.now()})


@require_POST
@page
def make_token(request: HttpRequest) -> HttpResponse:
    """A new bearer token; its text is shown this once."""
    staff = get_object_or_404(Staff, pk=actor_of(request).staff_id)
    name = request.POST.get("name", "").strip()[:60]
    scopes = [scope for scope in tokens.SCOPES if request.POST.get(scope)]
    if not name or not scopes:
        messages.error(request, _("Give the token a name and at least one right."))
        return HttpResponseRedirect("/settings/")
    _token, text = tokens.issue(staff, name, scopes, clock.now(), days=180)
    rows = ApiToken.objects.filter(staff=staff, revoked_at=None).order_by("-pk")
    return render(request, "screens/settings.html", {"tokens": rows, "fresh": text, "now": clock.now()})


@require_POST
@page
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of my tokens."""
    token = get_object_or_404(ApiToken, pk=pk, staff=actor_of(request).staff_id, revoked_at=None)
    ApiToken.objects.filter(pk=token.pk).update(revoked_at=clock.now())
    messages.success(request, _("The token “%s” no longer works.") % token.name)
    return HttpResponseRedirect("/settings/")


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light, dark, or as the system has it."""
    wanted = request.POST.get("theme", "auto")
    following = request.POST.get("next", "/")
    own = following.startswith("/") and not following.startswith(("//", "/\\"))
    response = HttpResponseRedirect(following if own else "/")
    if wanted in THEMES and wanted != "auto":
        response.set_cookie("jiedan_theme", wanted, max_age=365 * 86400, samesite="Lax")
    else:
        response.delete_cookie("jiedan_theme")
    return response


@page
def palette(request: HttpRequest) -> HttpResponse:
    """What the command palette finds: orders, listings, clauses."""
    actor, text = actor_of(request), invisible.removed(request.GET.get("q", ""))[:60]
    found: list[tuple[str, str, str]] = []
    if text:
        orders = access.visible(actor, Order).filter(*narrowed(Filters(q=text), clock.now())).order_by("-pk")[:6]
        found += [(order.ref, order.summary, path_of("order", order.ref)) for order in orders]
        listings = _listing(actor, text) or list(access.visible(actor, Listing).filter(summary__icontains=text)[:4])
        found += [(listing.ref, listing.summary, path_of("listing", listing.ref)) for listing in listings]
        clauses = [key for key in CLAUSES if key.startswith(text) or text in clause_title(key)][:6]
        found += [(key, clause_title(key), f"/procedure/#c{key}") for key in clauses]
    return render(request, "screens/palette.html", {"found": found, "q": text})


def _listing(actor: Actor, text: str) -> list[Listing]:
    try:
        return [access.get(actor, Listing, text.upper())]
    except NoSuchSubject:
        return []


def welcome(request: HttpRequest, ref: str, token: str) -> HttpResponse:
    """The one-time link with which a new colleague sets their first password (S-51)."""
    staff = _invited(ref, token)
    errors: list[str] = []
    if request.method == "POST":
        first, again = request.POST.get("password", ""), request.POST.get("again", "")
        errors = _password_problems(first, again, staff)
        if not errors:
            staff.set_password(first)
            staff.save(update_fields=["password"])
            messages.success(request, _("Your password is set. Please log in."))
            return HttpResponseRedirect("/accounts/login/")
    return render(request, "screens/welcome.html", {"staff": staff, "errors": errors}, status=422 if errors else 200)


def _invited(ref: str, token: str) -> Staff:
    try:
        staff = Staff.objects.filter(pk=Staff.pk_of(ref), is_active=True).first()
    except NoSuchSubject as error:
        raise Http404(ref) from error
    if staff is None or staff.has_usable_password() or not default_token_generator.check_token(staff, token):
        raise Http404(ref)
    return staff


def _password_problems(first: str, again: str, staff: Staff) -> list[str]:
    if first != again:
        return [_("The two passwords differ; type the same twice.")]
    try:
        validate_password(first, staff)
    except ValidationError as error:
        return list(error.messages)
    return []
