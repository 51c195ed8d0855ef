"""What every page does alike: who is asking, what they may see, and how a refusal looks."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from jiedan.orders import access
from jiedan.people.actor import Actor
from jiedan.people.subject import NoSuchSubject, Subject

S = TypeVar("S", bound=Subject)
View = Callable[..., HttpResponse]


def actor_of(request: HttpRequest) -> Actor:
    """The person behind the request (see the middleware)."""
    found: Actor = request.actor  # type: ignore[attr-defined] # put there by ActorMiddleware
    return found


def page(view: View) -> View:
    """A page for people who are logged in; what they may not see looks like what isn't there."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NoSuchSubject as error:
            raise Http404(str(error)) from error

    return login_required(guarded)


def readable(kind: str) -> Callable[[View], View]:
    """Only for those who may read subjects of this kind at all; others get 403 and the reason."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not access.may_read(actor_of(request), kind):
                return render(request, "403.html", status=403)
            return view(request, *args, **kwargs)

        return page(guarded)

    return decorate


def subject_of(request: HttpRequest, model: type[S], ref: str) -> S:
    """The subject, if this person may see it."""
    return access.get(actor_of(request), model, ref)


def version_seen(request: HttpRequest) -> int | None:
    """The version that the form was made from; None when it says none."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
