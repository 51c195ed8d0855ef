"""How facts of terms and contracts read in the ledger: their titles, how codes are said, and what isn't shown there."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy

from jiedan.contract.wording import capacity

TITLES = {
    "word": gettext_lazy("Word"),
    "post": gettext_lazy("Post"),
    "capacity": gettext_lazy("Signs as"),
}

SAID: dict[str, Callable[[Any], str]] = {"capacity": lambda name: capacity(name, "")}

HIDDEN = {
    # What the steps say item by item, and the clauses of a template, stand on their own pages.
    "requirements",
    "delivery",
    "price",
    "payment",
    "consent",
    "lawful",
    "definite",
    "unambiguous",
    "complete",
    "as_agreed",
    "clauses",
}
