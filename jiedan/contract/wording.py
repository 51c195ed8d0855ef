"""States, checks and the reviewer's list in words."""

from collections.abc import Callable

from django.utils.translation import gettext as _

_STATES: dict[str, Callable[[], str]] = {
    "draft": lambda: _("Draft"),
    "submitted": lambda: _("Being reviewed"),
    "passed": lambda: _("Reviewed"),
    "sent": lambda: _("With the customer"),
    "signed": lambda: _("Signed by the customer"),
    "concluded": lambda: _("Signed by both"),
    "withdrawn": lambda: _("Drawn up anew"),
}
TONES = {"submitted": "info", "passed": "info", "sent": "info", "signed": "warn", "concluded": "ok"}

CHECKLIST: dict[str, Callable[[], str]] = {
    "lawful": lambda: _("Lawful: nothing in it is forbidden or void"),
    "definite": lambda: _("Definite: dates, quantities and standards are said"),
    "unambiguous": lambda: _("Unambiguous: no clause can be read in two ways, none contradicts another"),
    "complete": lambda: _("Complete: acceptance, breach, confidentiality, force majeure and disputes are settled"),
    "as_agreed": lambda: _("As agreed: requirements, delivery, price and payment are the agreed terms"),
}


def state(name: str) -> str:
    """What a state of a contract is called."""
    return _STATES[name]()
