"""The company's screening list over terms, and the words that were allowed in an order all the same (clause 1.3.1)."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from jiedan.core.screening import Ban, Hit, Text, remedy
from jiedan.core.terms import Terms
from jiedan.evaluation import screening
from jiedan.kernel.errors import Invalid
from jiedan.kernel.naming import english
from jiedan.orders.models import Order
from jiedan.terms.models import AllowedWord


def require(order: Order, terms: Terms) -> None:
    """Nothing listed stands in the terms. Raises Invalid by field, with the word and the list's note."""
    problems: dict[str, list[str]] = {}
    for hit in screening.listed(_texts(terms), allowed(order)):
        problems.setdefault(hit.where, []).append(said(hit))
    if problems:
        raise Invalid(problems, _("The terms hold what the screening list forbids; it is named below."))


def said(hit: Hit) -> str:
    """What is wrong with a listed word and what to do, in the reader's language."""
    return remedy(hit)[english()]


def allowed(order: Order) -> frozenset[str]:
    """The words against platforms' rules that a decision maker allowed in this order."""
    return frozenset(AllowedWord.objects.filter(order=order.pk).values_list("word", flat=True))


def on_platforms_list(word: str) -> bool:
    """Whether the word is on the list in force because of platforms' rules, and so can be allowed."""
    return any(word in entry.words for entry in screening.newest().entries if entry.ban is Ban.PLATFORM)


def _texts(terms: Terms) -> Iterator[Text]:
    for name in ("requirements", "acceptance", "delivery", "payment_note"):
        yield Text(name, getattr(terms, name))
    for at, line in enumerate(terms.lines):
        yield Text(f"lines.{at}.name", line.name)
        yield Text(f"lines.{at}.category", line.category, category=True)
    for at, part in enumerate(terms.payment):
        yield Text(f"payment.{at}.note", part.note)
