"""The language of the customer's pages: the browser's at first, then the one that was chosen there (no account)."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

ASKED: Final = "lang"
YEAR: Final = 365 * 24 * 3600
OTHER: Final = {"zh-hans": ("en", "English"), "en": ("zh-hans", "中文")}
"""The language that the switch leads to, under the name that its readers know."""


def chosen(request: HttpRequest) -> HttpResponse | None:
    """?lang=en: the same page without it, the choice kept in this browser; None when nothing (usable) was chosen."""
    code = request.GET.get(ASKED, "")
    if code not in dict(settings.LANGUAGES):
        return None
    response = HttpResponseRedirect(request.path)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, code, max_age=YEAR, secure=settings.SESSION_COOKIE_SECURE, httponly=True,
        samesite="Lax",
    )  # fmt: skip
    return response
