"""The health of the connections in a template."""

from datetime import timedelta
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jiedan.connectors import health
from jiedan.core import clock

register = template.Library()


@register.inclusion_tag("connectors/health_panel.html")
def connection_health() -> dict[str, Any]:
    """{% connection_health %}: the panel with every connection."""
    return {"health": health.connections(clock.now())}


@register.filter
def health_title(state: str) -> str:
    """The state of a connection as people call it."""
    return {
        "works": _("works"),
        "failing": _("fails"),
        "behind": _("behind: its orders have not been read for a while"),
        "silent": _("silent: orders usually come at this hour"),
        "paused": _("paused"),
        "new": _("nothing received yet"),
    }[state]


@register.filter
def spoken(lag: timedelta) -> str:
    """A stretch of time in its largest unit, rounded down."""
    seconds = int(lag.total_seconds())
    if seconds < 60:
        return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
    if seconds < 3600:
        return ngettext("%(n)d minute", "%(n)d minutes", seconds // 60) % {"n": seconds // 60}
    if seconds < 2 * 86400:
        return ngettext("%(n)d hour", "%(n)d hours", seconds // 3600) % {"n": seconds // 3600}
    return ngettext("%(n)d day", "%(n)d days", seconds // 86400) % {"n": seconds // 86400}
