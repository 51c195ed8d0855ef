"""Whom a reaction tells: the holders of its roles for the record's department, and whoever stands in for them."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from jiedan.core.roles import Role
from jiedan.kernel.reactions import Tell
from jiedan.people.models import Department, RoleAssignment, StandIn


class Audience:
    """The organisation as it stands at one moment, read once for a whole batch (three queries)."""

    def __init__(self, now: datetime) -> None:
        held = RoleAssignment.objects.filter(since__lte=now, staff__is_active=True)
        held = held.filter(Q(until=None) | Q(until__gt=now))
        self._held: dict[tuple[int, Role], set[int]] = {}
        for staff, role, department in held.values_list("staff_id", "role", "department_id"):
            self._held.setdefault((department, Role(role)), set()).add(staff)
        self._path = dict(Department.objects.values_list("pk", "path"))
        standing_in = StandIn.objects.filter(since__lte=now, until__gt=now, ended_at=None)
        self._substitutes: dict[int, set[int]] = {}
        for absent, substitute in standing_in.values_list("staff_id", "substitute_id"):
            self._substitutes.setdefault(absent, set()).add(substitute)

    def of(self, reaction: Tell, department: int | None, without: int | None, named: Iterable[int] = ()) -> list[int]:
        """The people to tell, in a fixed order; WITHOUT the one who did it, with those whom its record NAMED.

        For each role, the nearest department upwards that has somebody; when none has, whoever decides there: a duty
        always reaches a person.
        """
        chosen: set[int] = set(named)
        for role in reaction.roles:
            chosen |= self._nearest(role, department)
        if not reaction.named:
            chosen = chosen or self._nearest(Role.DECISION_MAKER, department)
        chosen |= {substitute for absent in chosen for substitute in self._substitutes.get(absent, ())}
        return sorted(chosen - {without})

    def _nearest(self, role: Role, department: int | None) -> set[int]:
        for node in self._upwards(department):
            found = self._held.get((node, role))
            if found:
                return found
        return set()

    def _upwards(self, department: int | None) -> Iterable[int]:
        if department is None:
            return sorted(self._path, key=lambda pk: self._path[pk].count("/"))[:1]
        return [int(part) for part in reversed(self._path[department].strip("/").split("/"))]
