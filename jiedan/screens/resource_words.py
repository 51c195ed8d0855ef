"""How the facts of steps on the catalogue, stock and equipment are called and said."""

from collections.abc import Callable
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from jiedan.screens.fields import WORDS

FACTS: Final[dict[str, str | Promise]] = {
    "item_changes": gettext_lazy("Changed"),
    "stock": gettext_lazy("Stock before and after"),
    "on_hand": gettext_lazy("On hand"),
    "change": gettext_lazy("More or less"),
    "since": gettext_lazy("From"),
    "until": gettext_lazy("To"),
    "out": gettext_lazy("Out of order until now"),
    "unit": gettext_lazy("Unit"),
    "number": gettext_lazy("Number"),
    "codes": gettext_lazy("Codes on platforms"),
    "also": gettext_lazy("Departments that do it too"),
    "list_price": gettext_lazy("List price (yuan)"),
    "hours": gettext_lazy("Standard working hours for one unit"),
    "equipment": gettext_lazy("Kind of equipment that it needs"),
    "skill": gettext_lazy("Skill"),
    "skills": gettext_lazy("Skills"),
    "lead_days": gettext_lazy("Working days that it needs"),
    "kind": gettext_lazy("Kind"),
    "name": gettext_lazy("Name"),
    "category": gettext_lazy("Category"),
    "department": gettext_lazy("Department"),
}
"""What they are called."""


def _changes(found: dict[str, list[str]]) -> str:
    return "；".join(f"{FACTS.get(name, name)}: {old} → {new}" for name, (old, new) in found.items())


SAID: Final[dict[str, Callable[[Any], str]]] = {
    "item_changes": _changes,
    "kind": lambda kind: str(WORDS.get(kind, kind)),
    "stock": lambda found: " → ".join(map(str, found)),
}
"""How those are said that stand in records as codes."""
