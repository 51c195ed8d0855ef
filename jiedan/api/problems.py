"""Errors as RFC 9457 problem details with a stable `code`; they never say whether a foreign thing exists."""

import json
import logging
import uuid
from typing import Any

from django.core.exceptions import (
    BadRequest,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.utils.translation import gettext as _

from jiedan.core.strict_json import JsonRefused
from jiedan.kernel.errors import Invalid, Stale, StepRefused
from jiedan.people.subject import NoSuchSubject

log = logging.getLogger(__name__)
TITLES = {
    400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    409: "Conflict", 412: "Precondition Failed", 413: "Content Too Large",
    415: "Unsupported Media Type", 422: "Unprocessable Content",
    429: "Too Many Requests", 500: "Internal Server Error", 503: "Service Unavailable",
}  # fmt: skip


class Problem(Exception):
    """A request that can't be answered as asked."""

    def __init__(self, status: int, code: str, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.content = {
            "type": "about:blank",
            "title": TITLES[status],
            "status": status,
            "code": code,
            "detail": detail,
            **more,
        }


def problem_of(error: Exception) -> Problem:
    """The problem that an error of the house becomes; one that nobody foresaw gets a number for the log."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, NoSuchSubject):
        return Problem(404, "not_found", _("There is nothing here, or you may not see it."))
    if isinstance(error, Invalid):
        return Problem(422, error.code, str(error.sentence), errors=error.fields)
    if isinstance(error, Stale):
        return Problem(412, error.code, str(error.sentence), current_version=error.current)
    if isinstance(error, StepRefused):
        return Problem(error.status, error.code, str(error.sentence))
    if isinstance(error, JsonRefused):
        return Problem(400, error.code, str(error))
    if isinstance(error, RequestDataTooBig):
        return Problem(413, "too_large", _("The body is larger than 1 MiB; send less at once."))
    if isinstance(error, TooManyFieldsSent | TooManyFilesSent):
        return Problem(413, "too_many_fields", _("The request has too many fields; send fewer."))
    if isinstance(error, MultiPartParserError | BadRequest | SuspiciousOperation | UnreadablePostError):
        return Problem(400, "unreadable", _("The request can't be read; check its form and that it is complete."))
    if isinstance(error, OperationalError | InterfaceError):
        # Gone, full or locked: it wasn't the request, which may be sent again as it is.
        log.error("the database could not carry out a request", exc_info=error)
        return Problem(
            503, "not_stored", _("The database can't take this now. Nothing was changed; send it again soon.")
        )
    number = uuid.uuid4().hex[:12]
    log.error("unforeseen error %s", number, exc_info=error)
    return Problem(
        500,
        "internal_error",
        _("Something went wrong on our side. Nothing was changed. Number for your inquiry: %s.") % number,
    )


def as_response(problem: Problem) -> HttpResponse:
    """The problem as an HTTP response."""
    text = json.dumps(problem.content, ensure_ascii=False)
    response = HttpResponse(text, status=problem.status, content_type="application/problem+json")
    if problem.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="jiedan"'
    if problem.status == 503:
        response["Retry-After"] = "5"
    return response


def answer(_request: HttpRequest, error: Any) -> HttpResponse:
    """Exception handler for the API."""
    return as_response(problem_of(error))
