"""Who has which skill with how many free hours, and which equipment is free (clauses 2.2.1, 3.2.1, 3.2.2)."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.timezone import localtime

from jiedan.core.availability import FreeHours, FreePieces, Outage, Period, free_hours, free_pieces
from jiedan.core.lifecycle import EquipmentStage
from jiedan.kernel import rules
from jiedan.orders import access
from jiedan.people.actor import SYSTEM
from jiedan.people.models import StaffSkill
from jiedan.resources import needs
from jiedan.resources.models import Equipment
from jiedan.resources.needs import Needs, Place

ABLE = 2
"""The level from which somebody with a skill is counted; a learner isn't."""
WEEKS = (1, 2, 4)
"""The periods that are looked ahead."""


@dataclass(frozen=True, slots=True)
class SkillRow:
    """The people of a department who are able in a skill, and their hours in each period."""

    department: int
    skill: str
    people: tuple[str, ...]
    learners: int
    hours: tuple[FreeHours, ...]


@dataclass(frozen=True, slots=True)
class EquipmentRow:
    """The pieces of a kind that a department has, in each period."""

    department: int
    kind: str
    pieces: tuple[FreePieces, ...]


def period(now: datetime, until: date) -> Period:
    """From NOW to the end of a day, by the calendar in force."""
    return Period(rules.in_force(now).calendar, now, until)


def ahead(now: datetime, weeks: int) -> date:
    """The last day of the WEEKS that follow today."""
    return localtime(now).date() + timedelta(weeks=weeks)


def skill_rows(departments: Collection[int], days: Sequence[date], now: datetime, found: Needs) -> list[SkillRow]:
    """Every skill that somebody of these departments has or an order of theirs needs, to each of DAYS. One query."""
    periods = [period(now, day) for day in days]
    people, learners = _people(departments)
    return [
        SkillRow(
            department,
            skill,
            tuple(people[department, skill]),
            learners[department, skill],
            tuple(free_hours(p, len(people[department, skill]), found.skills[department, skill]) for p in periods),
        )
        for department, skill in sorted({*people, *learners, *found.skills})
    ]


def _people(departments: Collection[int]) -> tuple[dict[Place, list[str]], dict[Place, int]]:
    rows = StaffSkill.objects.filter(staff__department__in=sorted(departments), staff__is_active=True)
    able: dict[Place, list[str]] = defaultdict(list)
    learners: dict[Place, int] = defaultdict(int)
    names = ("staff__department", "skill__name", "staff__name", "level")
    for department, skill, name, level in rows.order_by("staff__number").values_list(*names):
        if level >= ABLE:
            able[department, skill].append(name)
        else:
            learners[department, skill] += 1
    return able, learners


def equipment_rows(
    departments: Collection[int], days: Sequence[date], now: datetime, found: Needs
) -> list[EquipmentRow]:
    """Every kind of equipment that these departments have or their orders need, to each of DAYS. Two queries."""
    periods = [period(now, day) for day in days]
    pieces: dict[Place, list[list[Outage]]] = defaultdict(list)
    rows = access.visible(SYSTEM, Equipment).filter(department__in=sorted(departments), stage=EquipmentStage.IN_USE)
    for piece in rows.order_by("pk").prefetch_related("outages"):
        pieces[piece.department_id, piece.kind].append([row.span for row in piece.outages.all()])
    return [
        EquipmentRow(
            department,
            kind,
            tuple(free_pieces(p, pieces[department, kind], found.equipment[department, kind]) for p in periods),
        )
        for department, kind in sorted({*pieces, *found.equipment})
    ]


def of_departments(departments: Collection[int], now: datetime) -> tuple[list[SkillRow], list[EquipmentRow]]:
    """People and equipment of these departments in the weeks ahead."""
    found, days = needs.of_work(departments), [ahead(now, weeks) for weeks in WEEKS]
    return skill_rows(departments, days, now, found), equipment_rows(departments, days, now, found)
