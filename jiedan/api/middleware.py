"""What no database takes is refused before anybody asks one (R13)."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from jiedan.api.problems import Problem, as_response


class NoNul:
    """A NUL in the address is nobody's word, and an error of PostgreSQL's: pages answer 400, the API with a problem."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "%00" not in request.META.get("QUERY_STRING", "") and "\0" not in request.path_info:
            return self._next(request)
        sentence = _("The address contains a NUL character; leave it out.")
        if request.path_info.startswith("/api/"):
            return as_response(Problem(400, "bad_character", sentence))
        raise BadRequest(sentence)
