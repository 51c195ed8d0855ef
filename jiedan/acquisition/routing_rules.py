"""The versions of the routing rules: reading them, checking new ones, putting them in force (clause 1.3.4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from jiedan.acquisition.models import RoutingVersion
from jiedan.acquisition.routing import Rule
from jiedan.acquisition.routing_input import RoutingRule
from jiedan.kernel.errors import Invalid, Refused
from jiedan.people.models import Department


@dataclass(frozen=True, slots=True)
class Version:
    """The rules as one whole; number 0 is before the first."""

    number: int
    rules: tuple[Rule, ...] = ()
    reason: str = ""
    created_at: datetime | None = None


def newest() -> Version:
    """The version in force."""
    return _version(RoutingVersion.objects.order_by("-number").first())


def version(number: int) -> Version:
    """Version NUMBER; 0 and without rules when there is none."""
    return _version(RoutingVersion.objects.filter(number=number).first())


@lru_cache(maxsize=64)
def _kept(number: int) -> tuple[Rule, ...]:
    # Versions never change once written, so one that an order names is kept in memory.
    return version(number).rules


def rules_of(number: int) -> tuple[Rule, ...]:
    """The rules of a version that orders were given to departments by; none for 0."""
    return _kept(number) if number else ()


def forget() -> None:
    """Forget the versions in memory; for tests, whose databases begin anew."""
    _kept.cache_clear()


def _version(row: RoutingVersion | None) -> Version:
    if row is None:
        return Version(0)
    return Version(row.number, tuple(map(Rule.read, row.rules)), row.reason, row.created_at)


def codes() -> dict[str, int]:
    """The departments that rules may name: those in use but the company itself, by code."""
    rows = Department.objects.filter(is_active=True).exclude(parent=None)
    return dict(rows.order_by("code").values_list("code", "pk"))


def names() -> dict[int, str]:
    """What every department is called, in use or not."""
    return dict(Department.objects.values_list("pk", "name"))


def checked(given: Sequence[RoutingRule]) -> list[Rule]:
    """The rules as they will be kept. Raises Invalid, naming rule and field, for a department that can't take orders."""
    known = codes()
    problems = {
        f"rules.{number}.departments": [_unknown(code, known) for code in unknown]
        for number, rule in enumerate(given)
        if (unknown := [code for code in rule.departments if code not in known])
    }
    if problems:
        raise Invalid(problems, _("Some fields need to be corrected."))
    return [rule.rule(known) for rule in given]


def _unknown(code: str, known: Mapping[str, int]) -> str:
    return _("There is no department in use with the code “%(code)s”; known are %(known)s.") % {
        "code": code,
        "known": "、".join(known),
    }


def put_in_force(rules: Sequence[Rule], reason: str, now: datetime, based_on: int | None = None) -> int:
    """Add the version that follows the newest; returns its number (the procedure's row is locked meanwhile).

    Raises Refused (`routing_changed`) when the rules were made from another version than the newest.
    """
    present = RoutingVersion.objects.order_by("-number").values_list("number", flat=True).first() or 0
    if based_on is not None and based_on != present:
        sentence = _("Version %(n)d was put in force meanwhile. Compare it with yours, then decide.") % {"n": present}
        raise Refused(sentence, "routing_changed")
    kept: list[dict[str, Any]] = [rule.kept() for rule in rules]
    RoutingVersion.objects.create(number=present + 1, rules=kept, reason=reason, created_at=now)
    return present + 1
