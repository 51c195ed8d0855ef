"""Who is acting, with which roles, where, and for whom: worked out afresh for every request (S-61)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F, FilteredRelation, Q

from jiedan.core.roles import Role
from jiedan.people.models import Department, RoleAssignment, StandIn


@dataclass(frozen=True, slots=True)
class Grant:
    """A role in force: for these departments; held by the person, or exercised on behalf of somebody absent."""

    role: Role
    departments: frozenset[int]
    company: bool
    on_behalf_of: int | None = None
    on_behalf_of_name: str = ""

    def covers(self, department: int | None) -> bool:
        """Whether the role reaches DEPARTMENT; a company-wide affair (None) needs a company-wide role."""
        return self.company or (department is not None and department in self.departments)


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or the system itself) in the moment of acting."""

    staff_id: int | None
    number: str
    name: str
    department_id: int | None = None
    grants: tuple[Grant, ...] = field(default=())
    asked: frozenset[tuple[str, int]] = field(default=frozenset())
    """Subjects (kind, key) that the person may read because they, or whom they stand in for, are asked about them."""

    @property
    def is_system(self) -> bool:
        """Whether this is the machine: timers and connectors."""
        return self.staff_id is None and any(grant.role is Role.SYSTEM for grant in self.grants)

    @property
    def roles(self) -> frozenset[Role]:
        """Every role held anywhere."""
        return frozenset(grant.role for grant in self.grants)

    def grant(self, roles: Iterable[Role], department: int | None) -> Grant | None:
        """The grant to act with: an own one before one held for somebody else."""
        wanted = frozenset(roles)
        fitting = [grant for grant in self.grants if grant.role in wanted and grant.covers(department)]
        return min(fitting, key=lambda grant: grant.on_behalf_of is not None, default=None)

    def reach(self, roles: Iterable[Role]) -> frozenset[int] | None:
        """The departments these roles reach; None means the whole company."""
        wanted = frozenset(roles)
        grants = [grant for grant in self.grants if grant.role in wanted]
        if any(grant.company for grant in grants):
            return None
        return frozenset().union(*(grant.departments for grant in grants))


SYSTEM = Actor(None, "system", "系统", None, (Grant(Role.SYSTEM, frozenset(), company=True),))
"""The machine itself; only connectors and timers act as it."""

NOBODY = Actor(None, "", "")
"""Somebody without any right."""


def actor_for(staff_id: int, number: str, name: str, department_id: int, now: datetime) -> Actor:
    """The person's roles at NOW, their own and those of people they stand in for. Two queries."""
    tree = dict(Department.objects.values_list("pk", "path"))
    replaced = StandIn.objects.filter(substitute=staff_id, since__lte=now, until__gt=now, ended_at=None)
    rows = (
        RoleAssignment.objects.filter(Q(staff=staff_id) | Q(staff__in=replaced.values("staff")))
        .filter(since__lte=now, staff__is_active=True)
        .filter(Q(until=None) | Q(until__gt=now))
        .annotate(reading=FilteredRelation("staff__reading_rights", condition=Q(staff__reading_rights__until=None)))
        .annotate(asked_kind=F("reading__kind"), asked_id=F("reading__subject_id"))
        .select_related("staff")
        .only("role", "department_id", "staff__id", "staff__name")
        .order_by("pk")
    )
    found = list(rows)
    # A person is joined with each of their reading rights: an assignment comes once for each of them.
    once = {row.pk: row for row in found}.values()
    grants = tuple(_grant(row, staff_id, tree) for row in once if row.staff_id == staff_id or _lendable(row))
    asked = frozenset((row.asked_kind, row.asked_id) for row in found if row.asked_kind)
    return Actor(staff_id, number, name, department_id, grants, asked)


def _grant(row: RoleAssignment, staff_id: int, tree: dict[int, str]) -> Grant:
    path = tree[row.department_id]
    below = frozenset(pk for pk, other in tree.items() if other.startswith(path))
    borrowed = row.staff_id != staff_id
    return Grant(
        Role(row.role),
        below,
        company=path.count("/") == 2,
        on_behalf_of=row.staff_id if borrowed else None,
        on_behalf_of_name=row.staff.name if borrowed else "",
    )


def _lendable(row: RoleAssignment) -> bool:
    # An administrator's post can't be lent: the three-way split would be open to whoever stands in.
    return Role(row.role) not in {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}
