"""What no database takes is refused before anybody asks one (R13)."""

import codecs
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from jiedan.api.problems import Problem, as_response


class NoNul:
    """A NUL is nobody's word, and an error of PostgreSQL's: pages answer 400 and say where, the API with a problem.

    It stands behind the check for forged forms: by then the form has been read, except by views that are exempt
    because they say how their form is read. Those, and whatever takes JSON, look at what they take.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.path_info:
            return _refused(request, _("The address contains a NUL character; leave it out."))
        if any("\0" in value for value in request.COOKIES.values()):
            return _refused(request, _("A cookie contains a NUL character; delete the cookies of this site."))
        if request.content_type == "multipart/form-data" and not _in_utf_8(request):
            # Django says so of the other kind of form only.
            return _refused(request, _("The form has to be sent in UTF-8."), "unreadable")
        return self._next(request)

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        """Refuse a form that holds one, before its view is asked."""
        if request.method != "POST" or getattr(view, "csrf_exempt", False):
            return None
        for name, values in request.POST.lists():
            if "\0" in name or any("\0" in value for value in values):
                sentence = _("The field “%(name)s” contains a NUL character; leave it out.")
                return _refused(request, sentence % {"name": name.replace("\0", "")})
        return None


def _in_utf_8(request: HttpRequest) -> bool:
    return codecs.lookup(request.encoding or "utf-8").name == "utf-8"


def _refused(request: HttpRequest, sentence: str, code: str = "bad_character") -> HttpResponse:
    if request.path_info.startswith("/api/"):
        return as_response(Problem(400, code, sentence))
    return HttpResponse(render_to_string("400.html", {"sentence": sentence}), status=400)
