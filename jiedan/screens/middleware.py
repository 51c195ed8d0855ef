"""Every request of a person carries its actor, worked out afresh, and idle sessions end (S-54, S-61)."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from jiedan.core import clock
from jiedan.people.actor import NOBODY, Actor, actor_for
from jiedan.people.models import Staff

_SEEN, _BEGAN = "seen_at", "began_at"
_REMEMBER_EVERY = 60


class ActorMiddleware:
    """Puts `request.actor` in place and ends sessions that were idle too long."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.get("_auth_user_id") and _over(request):
            logout(request)
        request.actor = SimpleLazyObject(lambda: actor_of(request))  # type: ignore[attr-defined] # our own attribute
        response = self._next(request)
        if request.session.get("_auth_user_id"):
            # Pages with people's data are for this person alone, and not for a cache on the way (P-04).
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def actor_of(request: HttpRequest) -> Actor:
    """The person behind the request, or NOBODY."""
    user = request.user
    if not isinstance(user, Staff) or not user.is_active:
        return NOBODY
    return actor_for(user.pk, user.number, user.name, user.department_id, clock.now())


def _over(request: HttpRequest) -> bool:
    """Whether the session has to end: idle too long, or as old as a session may become (S-54)."""
    now = clock.now()
    began = request.session.setdefault(_BEGAN, now.isoformat())
    if now - datetime.fromisoformat(began) > timedelta(seconds=settings.SESSION_COOKIE_AGE):
        return True
    seen = request.session.get(_SEEN)
    last = datetime.fromisoformat(seen) if seen else now
    if now - last > settings.SESSION_IDLE:
        return True
    if not seen or (now - last).total_seconds() > _REMEMBER_EVERY:
        request.session[_SEEN] = now.isoformat()
    return False
