"""Addresses of the API; its endpoints are made from the registry."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from jiedan.api.endpoints import build
from jiedan.api.problems import Problem, as_response, problem_of
from jiedan.people.subject import NoSuchSubject


@csrf_exempt
def nothing_here(_request: HttpRequest, rest: str = "") -> HttpResponse:
    """An address that the API doesn't have, in the API's own shape."""
    return as_response(problem_of(NoSuchSubject(rest)))


def _in_our_shape(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    # ninja answers a wrong method in plain text, past its handlers.
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code != 405:
            return response
        allowed = response.headers.get("Allow", "")
        detail = _("This address knows only: %s.") % allowed
        found = as_response(Problem(405, "method_not_allowed", detail))
        found["Allow"] = allowed
        return found

    return answered


_api, _name, _namespace = build().urls
for _pattern in _api:
    if _pattern.callback is not None:
        _pattern.callback = _in_our_shape(_pattern.callback)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", nothing_here),
    path("", (_api, _name, _namespace)),
    path("<path:rest>", nothing_here),
]
