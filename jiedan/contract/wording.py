"""States, checks, templates and the reviewer's list in words."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from jiedan.core.contract_template import Kind

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


_CAPACITIES: dict[str, Callable[[], str]] = {
    "self": lambda: _("for themselves"),
    "legal": lambda: _("legal representative"),
    "authorised": lambda: _("authorised representative"),
}


def capacities() -> list[tuple[str, str]]:
    """As what somebody may sign for the customer."""
    return [(name, said()) for name, said in _CAPACITIES.items()]


def capacity(name: str, post: str) -> str:
    """As what somebody signed for the customer, with their post; "" where nobody said so."""
    return "，".join(filter(None, (_CAPACITIES[name]() if name in _CAPACITIES else "", post)))


_KINDS: dict[str, Callable[[], str]] = {
    Kind.GOODS: lambda: _("Contract for goods"),
    Kind.SERVICE: lambda: _("Contract for services"),
    Kind.MIXED: lambda: _("Contract for goods and services"),
}


def kind(name: str) -> str:
    """What a kind of contract is called."""
    return _KINDS[name]()


def edition(number: int) -> str:
    """What a version of a template is called."""
    return _("version %(n)d") % {"n": number} if number else _("as delivered")


def template(name: str, number: int | None) -> str:
    """Which template a contract was drawn from; "" where it was drawn before templates had versions."""
    return "" if number is None else f"{kind(name)} · {edition(number)}"
