"""What the page of a set-aside message shows of it."""

from django import template
from django.conf import settings
from django.utils.translation import gettext as _

from jiedan.connectors.masked import masked
from jiedan.connectors.models import Account, Quarantined
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


@register.filter
def push_address(account: Account) -> str:
    """Where the other side pushes to."""
    return f"{settings.BASE_URL}/connect/{account.platform}/{account.code}"


@register.filter
def test_sentence(account: Account) -> str:
    """What the last live test found, in the reader's language."""
    return str(account.test_result.get("en" if english() else "zh", ""))
