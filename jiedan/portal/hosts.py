"""A host name of the customers' own: there nothing but their pages answers, and they are nowhere else (S-28)."""

from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

PAGES: Final = "/p/"
ADDRESSES: Final = "jiedan.portal_urls"
"""Every address that the customers' host has."""


class PortalHost:
    """Tells the customers' host from the staff's, when the installation has one (JIEDAN_PORTAL_URL)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        portal, staff = _host(settings.PORTAL_URL), _host(settings.BASE_URL)
        if portal == staff:
            return self._next(request)
        if _host(f"//{request.get_host()}") == portal:
            request.urlconf = ADDRESSES
            return self._next(request)
        if request.path.startswith(PAGES):
            return _moved(request)
        return self._next(request)


def _moved(request: HttpRequest) -> HttpResponse:
    # Links that were sent before the customers had a host still lead to their pages; a form sent here is asked anew.
    response = HttpResponseRedirect(settings.PORTAL_URL + request.get_full_path())
    response["Cache-Control"] = "no-store"
    return response


def _host(address: str) -> str:
    return urlsplit(address).hostname or ""
