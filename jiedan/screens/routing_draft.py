"""The draft of new routing rules that a person works on: kept with their session until it is put in force or dropped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from jiedan.acquisition.routing import Rule
from jiedan.acquisition.routing_review import shadowed
from jiedan.acquisition.routing_rules import Version
from jiedan.acquisition.routing_wording import asked, destination
from jiedan.core.roles import Role
from jiedan.people.models import Department, RoleAssignment
from jiedan.screens.routing_form import all_codes, as_input

KEY = "routing_draft"
MOST = 200
"""Rules that a version can have (see the step's input)."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The rules as they would be, and the version that they were made from."""

    based_on: int
    rules: tuple[Rule, ...]

    def moved(self, number: int, by: int) -> "Draft":
        """Rule NUMBER one place up (-1) or down (1); at the end of the list it stays."""
        rules, place = list(self.rules), number - 1
        if 0 <= place < len(rules) and 0 <= place + by < len(rules):
            rules.insert(place + by, rules.pop(place))
        return Draft(self.based_on, tuple(rules))

    def without(self, number: int) -> "Draft":
        """Rule NUMBER left out."""
        return Draft(self.based_on, tuple(rule for n, rule in enumerate(self.rules, start=1) if n != number))

    def with_rule(self, number: int, rule: Rule) -> "Draft":
        """RULE in the place of rule NUMBER; 0 puts a new one first, where it is looked at before all others."""
        if number == 0:
            return Draft(self.based_on, (rule, *self.rules))
        return Draft(self.based_on, tuple(rule if n == number else one for n, one in enumerate(self.rules, start=1)))

    def as_input(self) -> list[dict[str, Any]]:
        """The rules as the step that puts them in force takes them."""
        codes = all_codes()
        return [as_input(rule, codes) for rule in self.rules]


def present(request: HttpRequest) -> Draft | None:
    """The draft of this session, if any."""
    kept = request.session.get(KEY)
    return kept and Draft(kept["based_on"], tuple(map(Rule.read, kept["rules"])))


def or_from(request: HttpRequest, version: Version) -> Draft:
    """The draft of this session, or a new one that is the VERSION so far; nothing is kept yet."""
    return present(request) or Draft(version.number, version.rules)


def keep(request: HttpRequest, draft: Draft) -> None:
    """Remember the draft until it is put in force or dropped."""
    request.session[KEY] = {"based_on": draft.based_on, "rules": [rule.kept() for rule in draft.rules]}


def drop(request: HttpRequest) -> None:
    """Forget the draft."""
    request.session.pop(KEY, None)


@dataclass(frozen=True, slots=True)
class Row:
    """A rule as the table shows it, with what is doubtful about it."""

    number: int
    asked: str
    destination: str
    shadowed_by: int | None
    inactive: list[str]
    without_taker: list[str]


def table(rules: Sequence[Rule]) -> list[Row]:
    """The rules with warnings: never reached, department not in use, nobody there to accept orders; two queries."""
    departments = {row.pk: row for row in Department.objects.all()}
    active = {pk for pk, row in departments.items() if row.is_active}
    names = {pk: row.name for pk, row in departments.items()}
    staffed = _with_takers(departments)
    hidden = shadowed(rules, active)
    return [
        Row(
            number,
            asked(rule),
            destination(rule, names),
            hidden.get(number),
            [names.get(one, f"#{one}") for one in rule.departments if one not in active],
            [names[one] for one in rule.departments if one in active and one not in staffed],
        )
        for number, rule in enumerate(rules, start=1)
    ]


def _with_takers(departments: Mapping[int, Department]) -> set[int]:
    """The departments in which somebody holds the role of order taker, there or above."""
    held = RoleAssignment.objects.filter(role=Role.ORDER_TAKER, until=None, staff__is_active=True)
    paths = {departments[pk].path for pk in held.values_list("department", flat=True)}
    return {pk for pk, row in departments.items() if any(row.path.startswith(path) for path in paths)}
