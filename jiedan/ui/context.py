"""What every page needs: the navigation that this person may see, the theme, the build's files."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from jiedan.connectors import quarantine
from jiedan.orders import access
from jiedan.people.actor import NOBODY


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the sidebar: where it leads, its icon, its two-key shortcut, which kind one has to read for it."""

    title: str | Promise
    address: str
    icon: str
    shortcut: str
    kind: str | None
    on_phone: bool = False
    waiting: Callable[[], int] | None = None
    """How much waits there for somebody."""


NAV: tuple[Entry, ...] = (
    Entry(_("Workbench"), "/", "home", "g h", None, on_phone=True),
    Entry(_("Orders"), "/orders/", "clipboard-list", "g o", "order", on_phone=True),
    Entry(_("Decisions"), "/decisions/", "gavel", "g d", "order", on_phone=True),
    Entry(_("Listings"), "/listings/", "speakerphone", "g l", "listing", on_phone=True),
    Entry(_("Resources"), "/resources/", "building-warehouse", "g s", "item"),
    Entry(_("Procedure"), "/procedure/", "book", "g p", "procedure"),
    Entry(_("Calendar"), "/calendar/", "calendar", "g c", "calendar"),
    Entry(_("People"), "/people/", "users", "g u", "staff"),
    Entry(_("Connections"), "/connections/", "plug-connected", "g k", "connection"),
    Entry(_("Imports"), "/imports/", "upload", "g i", "import"),
    Entry(_("Quarantine"), "/quarantine/", "shield-check", "g q", "message", waiting=quarantine.waiting),
    Entry(_("Reconciliation"), "/reconciliation/", "scale", "g r", "reconciliation"),
    Entry(_("Notices"), "/notices/", "bell", "g n", None, on_phone=True),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """The entries, which one is open, and the theme."""
    actor = getattr(request, "actor", NOBODY)
    shown = [entry for entry in NAV if entry.kind is None or access.may_read(actor, entry.kind)]
    theme = request.COOKIES.get("jiedan_theme", "")
    return {
        "actor": actor,
        "nav": [
            {
                "entry": entry,
                "current": _is_open(request.path, entry.address),
                "waiting": entry.waiting() if entry.waiting else 0,
            }
            for entry in shown
        ],
        "theme": theme if theme in ("light", "dark") else "",
        # One for the page instead of one for each of its forms, made when the first of them asks for it.
        "csrf_token": SimpleLazyObject(lambda: get_token(request)),
    }


def _is_open(path: str, address: str) -> bool:
    return path == address if address == "/" else path.startswith(address)
