"""What the page of a set-aside message shows of it."""

from django import template
from django.utils.translation import gettext as _

from jiedan.connectors.masked import masked
from jiedan.connectors.models import Quarantined
from jiedan.kernel.naming import english
from jiedan.orders import vault

register = template.Library()


@register.filter
def without_persons(message: Quarantined) -> str:
    """The message as it came, persons masked."""
    try:
        return masked(vault.unseal(message.key.opened(), bytes(message.sealed), "quarantine")["raw"])
    except vault.Unreadable:
        return _("Its key was destroyed; it can't be read any more.")


@register.filter
def why(message: Quarantined) -> str:
    """Why it couldn't be used, in the reader's language."""
    return message.reason_en if english() else message.reason_zh
