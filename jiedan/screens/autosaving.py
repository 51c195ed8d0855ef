"""Papers that save themselves while they are written: what is answered to the page's script, and to a person (2.2, 2.3)."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from jiedan.kernel.errors import Invalid, StepRefused

P = TypeVar("P")
Errors = dict[str, list[str]]


def saved(
    request: HttpRequest,
    template: str,
    save: Callable[[], P],
    told: Callable[[P], dict[str, Any]],
    again: Callable[[Errors], dict[str, Any]],
    after: Callable[[], str],
) -> HttpResponse:
    """SAVE the paper, and hand it over if that was asked for.

    The script gets the part “saved” of TEMPLATE with what TOLD says of the paper, a person the address AFTER it. What is
    refused is said there, too: to a person in the form AGAIN, with what was typed and what is wrong with it.
    """
    by_script = bool(request.headers.get("HX-Request"))
    try:
        paper = save()
    except StepRefused as refused:
        found: dict[str, Any] = {"sentence": refused.sentence}
        if by_script:
            return render(request, f"{template}#saved", found, status=refused.status)
        errors = refused.fields if isinstance(refused, Invalid) else {}
        return render(request, template, again(errors) | found, status=refused.status)
    if by_script:
        return render(request, f"{template}#saved", told(paper))
    return HttpResponseRedirect(after())
