"""Forms without the mark of our own page: the customer gets a sentence of the portal, staff Django's page (S-25)."""

from django.http import HttpRequest, HttpResponse
from django.views.csrf import csrf_failure

from jiedan.portal.views import unproven


def refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """What whoever sent such a form sees; nothing was changed."""
    found = request.resolver_match
    if found is not None and found.url_name == "portal":
        return unproven(request, found.kwargs["token"])
    return csrf_failure(request, reason)
