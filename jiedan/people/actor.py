"""Who is acting, with which roles, where, and for whom: worked out afresh for every request (S-61)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, BooleanField, CharField, FilteredRelation, Q, QuerySet, Value

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


class Node(NamedTuple):
    """A department in the tree: the keys from the root down, its name, whether it is in use."""

    path: str
    name: str
    is_active: bool


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
    tree: Mapping[int, Node] = field(default_factory=dict, compare=False, repr=False)
    """Every department by its key; none for the machine and for customers."""

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
    """The person's roles at NOW, their own and those of people they stand in for. One query: every page asks it."""
    found = list(map(_Row._make, _nodes().union(_roles(staff_id, now), all=True)))
    tree = {row.key: Node(row.path, row.name, bool(row.is_active)) for row in found if row.role is None}
    # A person is joined with each of their reading rights: an assignment comes once for each of them.
    held = {row.key: row for row in sorted(found, key=lambda row: row.key) if row.role is not None}.values()
    grants = tuple(_grant(row, staff_id, tree) for row in held if row.staff == staff_id or _lendable(row))
    asked = frozenset((row.asked_kind, row.asked_id) for row in found if row.asked_kind and row.asked_id)
    return Actor(staff_id, number, name, department_id, grants, asked, tree)


class _Row(NamedTuple):
    """A department (without a role) or a role that is held (without a path)."""

    key: int
    path: str
    name: str
    is_active: bool
    role: str | None
    department: int
    staff: int
    asked_kind: str | None
    asked_id: int | None


def _nodes() -> "QuerySet[Department, tuple[Any, ...]]":
    no_role, no_kind = (Value(None, output_field=CharField()) for _each in range(2))
    zero, no_key = Value(0, output_field=BigIntegerField()), Value(None, output_field=BigIntegerField())
    return Department.objects.order_by().values_list(
        "pk", "path", "name", "is_active", no_role, zero, zero, no_kind, no_key
    )


def _roles(staff_id: int, now: datetime) -> "QuerySet[RoleAssignment, tuple[Any, ...]]":
    replaced = StandIn.objects.filter(substitute=staff_id, since__lte=now, until__gt=now, ended_at=None)
    rows = (
        RoleAssignment.objects.filter(Q(staff=staff_id) | Q(staff__in=replaced.values("staff")))
        .filter(since__lte=now, staff__is_active=True)
        .filter(Q(until=None) | Q(until__gt=now))
        .annotate(reading=FilteredRelation("staff__reading_rights", condition=Q(staff__reading_rights__until=None)))
    )
    nothing, yes = Value("", output_field=CharField()), Value(True, output_field=BooleanField())
    return rows.order_by().values_list(
        "pk", nothing, "staff__name", yes, "role", "department", "staff", "reading__kind", "reading__subject_id"
    )


def _grant(row: _Row, staff_id: int, tree: Mapping[int, Node]) -> Grant:
    path = tree[row.department].path
    below = frozenset(pk for pk, other in tree.items() if other.path.startswith(path))
    borrowed = row.staff != staff_id
    return Grant(
        Role(str(row.role)),
        below,
        company=path.count("/") == 2,
        on_behalf_of=row.staff if borrowed else None,
        on_behalf_of_name=row.name if borrowed else "",
    )


def _lendable(row: _Row) -> bool:
    # An administrator's post can't be lent: the three-way split would be open to whoever stands in.
    return Role(str(row.role)) not in {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}
