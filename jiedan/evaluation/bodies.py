"""Who decides on an order: the rules in force, and the people behind them at this moment (clauses 2.2.3, 1.3.4).

Whoever wrote the evaluation has no seat: their duty goes to the next above them who had no hand in it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from jiedan.core.decision import DECIDER, HEAD, Body, Case, Mode, Rule, Seat, chosen, standard
from jiedan.core.roles import Role
from jiedan.evaluation.models import DecisionVersion
from jiedan.kernel.errors import Refused
from jiedan.kernel.naming import role_title
from jiedan.kernel.rules import Rules, in_force
from jiedan.people.models import Department, RoleAssignment

DECIDING = frozenset({Role.DEPARTMENT_HEAD, Role.DECISION_MAKER})
"""Roles that can have a seat."""


@dataclass(frozen=True, slots=True)
class Edition:
    """The rules as one whole; number 0 is the standard ones."""

    number: int
    rules: tuple[Rule, ...]
    reason: str = ""
    created_at: datetime | None = None


def newest(rules: Rules) -> Edition:
    """The rules in force; the standard ones, by the company's value, until it sets its own."""
    row = DecisionVersion.objects.order_by("-number").first()
    return Edition(0, standard(_head_up_to(rules))) if row is None else _edition(row)


def newest_at(now: datetime) -> Edition:
    """The rules in force at NOW."""
    return newest(in_force(now))


def editions() -> list[Edition]:
    """Every set of rules that was in force, newest first."""
    return [_edition(row) for row in DecisionVersion.objects.order_by("-number")[:50]]


def _edition(row: DecisionVersion) -> Edition:
    return Edition(row.number, tuple(map(Rule.read, row.rules)), row.reason, row.created_at)


def _head_up_to(rules: Rules) -> Decimal:
    value = rules.procedure.amount("head_decides_yuan")
    if not isinstance(value, Decimal):
        raise TypeError("head_decides_yuan has to be an amount in yuan")
    return value


def put_in_force(rules: Sequence[Rule], reason: str, now: datetime) -> int:
    """Add the version that follows the newest; returns its number (the procedure's row is locked meanwhile)."""
    present = DecisionVersion.objects.order_by("-number").values_list("number", flat=True).first() or 0
    kept = [rule.kept() for rule in rules]
    DecisionVersion.objects.create(number=present + 1, rules=kept, reason=reason, created_at=now)
    return present + 1


def body_for(case: Case, edition: Edition, authors: Collection[int], blocked: bool, now: datetime) -> tuple[Body, int]:
    """Who decides on the case, and by which rule (0: none fits, so the decision maker does).

    Where the law stands in the way (BLOCKED) a decision maker is among them, without whose reason nothing is taken on.
    Raises Refused when nobody is left who may decide.
    """
    number = chosen(edition.rules, case) or 0
    rule = edition.rules[number - 1] if number else Rule(Mode.SINGLE, (DECIDER,))
    people = _People(case.department, authors, now)
    seats = _distinct(seat for member in rule.members if (seat := people.seat(member)))
    if blocked:
        seats = _with_decider(seats, rule.mode, people.seat(DECIDER))
    if not seats or (blocked and not any(seat.needed for seat in seats)):
        raise Refused(
            _(
                "Nobody is left who may decide: whoever wrote the evaluation can't. Have decision rules set that name somebody else, or let a colleague evaluate."
            ),
            "nobody_decides",
        )
    return Body(rule.mode, tuple(seats)), number


def _distinct(seats: Iterable[Seat]) -> list[Seat]:
    found: list[Seat] = []
    for seat in seats:
        if all(seat.holders != other.holders for other in found):
            found.append(seat)
    return found


def _with_decider(seats: list[Seat], mode: Mode, decider: Seat | None) -> list[Seat]:
    there = [seat for seat in seats if seat.decides] or ([decider] if decider else [])
    needed = replace(there[-1], needed=True) if there else None
    if needed is None or mode is Mode.SINGLE:
        return [needed] if needed else []
    return [*(seat for seat in seats if seat.holders != needed.holders), needed]


class _People:
    """Who holds which role where, read once."""

    def __init__(self, department: int, authors: Collection[int], now: datetime) -> None:
        path = Department.objects.values_list("path", flat=True).get(pk=department)
        self._upwards = [int(part) for part in reversed(path.strip("/").split("/"))]
        held = RoleAssignment.objects.filter(role__in=DECIDING, since__lte=now, staff__is_active=True)
        held = held.filter(Q(until=None) | Q(until__gt=now)).exclude(staff__in=authors)
        self._held = list(held.select_related("staff", "department").order_by("staff__number"))

    def seat(self, member: str) -> Seat | None:
        """The seat of a member of a rule; None when nobody holds it."""
        if member == HEAD:
            return self._of_role(Role.DEPARTMENT_HEAD) or self._of_role(Role.DECISION_MAKER)
        if member == DECIDER:
            return self._of_role(Role.DECISION_MAKER)
        return self._named(member)

    def _of_role(self, role: Role) -> Seat | None:
        for node in self._upwards:
            rows = [row for row in self._held if row.role == role and row.department_id == node]
            if rows:
                title = f"{rows[0].department.name} {role_title(role)}"
                return Seat(title, tuple(row.staff_id for row in rows), decides=role is Role.DECISION_MAKER)
        return None

    def _named(self, number: str) -> Seat | None:
        rows = [row for row in self._held if row.staff.number == number]
        if not rows:
            return None
        decides = any(row.role == Role.DECISION_MAKER for row in rows)
        return Seat(rows[0].staff.name, (rows[0].staff_id,), decides=decides)
