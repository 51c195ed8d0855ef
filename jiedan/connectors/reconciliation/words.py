"""How differences, their states and what became of them are called on screens."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from jiedan.connectors.reconciliation.models import Difference
from jiedan.kernel.naming import stage_title


def kind_title(kind: str) -> str:
    """What differs."""
    return {
        Difference.MISSING: _("Missing here"),
        Difference.UNKNOWN: _("Unknown on the platform"),
        Difference.AMOUNT: _("Another amount"),
        Difference.STATUS: _("Cancelled on one side only"),
        Difference.TOTAL: _("Another total of the day"),
    }[kind]


def state_title(state: str) -> str:
    """Where a difference stands."""
    return {
        Difference.OPEN: _("open"),
        Difference.MENDING: _("being mended"),
        Difference.MENDED: _("mended"),
        Difference.EXPLAINED: _("explained"),
    }[state]


def result_title(result: str) -> str:
    """What became of it; "" when nothing has yet."""
    return {
        "": "",
        "taken_in": _("the order was taken in"),
        "changed": _("the order was brought up to date"),
        "noted": _("a change notice waits for a decision"),
        "cancelled": _("the order was cancelled"),
        "same": _("it no longer differed"),
        "gone": _("the next comparison no longer met it"),
        "explained": _("explained by a person"),
        "failed": _("could not be mended"),
    }[result]


def platform_status(status: str) -> str:
    """Where the order stands on the platform; "" when it isn't there."""
    return {
        "": "",
        "placed": _("placed"),
        "paid": _("paid"),
        "cancel_requested": _("cancellation asked for"),
        "cancelled": _("cancelled"),
        "unreadable": _("can't be read"),
    }[status]


def our_status(stage: str) -> str:
    """Where the order stands here; "" when it isn't here."""
    return stage_title("order", stage) if stage else ""


def source_title(source: str) -> str:
    """What a day was compared with."""
    return {
        "platform": _("asked from the platform"),
        "messages": _("acknowledged messages"),
        "statement": _("the sender's statement"),
    }[source]


def on_record(kind: str, external_id: str, result: str = "") -> str:
    """A difference in one phrase, in the company's language: what the ledger says of it."""
    with translation.override(settings.LANGUAGE_CODE):
        what = f"{kind_title(kind)} {external_id}".strip()
        return f"{what}：{result_title(result)}" if result else what
