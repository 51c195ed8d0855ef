"""人员: departments, colleagues, what each may do."""

from collections import defaultdict
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jiedan.core import clock
from jiedan.core.roles import Role
from jiedan.kernel.models import Procedure
from jiedan.kernel.naming import role_title
from jiedan.kernel.offers import births, offers
from jiedan.orders import access
from jiedan.people.models import Department, RoleAssignment, Staff, StandIn
from jiedan.screens.views.base import actor_of, readable


@readable("staff")
def people_page(request: HttpRequest) -> HttpResponse:
    """The organisation as a tree, with everybody in it and their roles."""
    actor, now = actor_of(request), clock.now()
    people = list(access.visible(actor, Staff).select_related("department").order_by("number"))
    roles = _roles([person.pk for person in people])
    standing_in = dict(
        StandIn.objects.filter(staff__in=people, ended_at=None, since__lte=now, until__gt=now).values_list(
            "staff_id", "substitute__name"
        )
    )
    by_department: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for person in people:
        row = {"person": person, "roles": roles.get(person.pk, []), "stand_in": standing_in.get(person.pk)}
        by_department[person.department_id].append(row)
    departments = [
        {"department": row, "depth": row.path.count("/") - 2, "people": by_department.get(row.pk, [])}
        for row in Department.objects.filter(Q(is_active=True)).order_by("path")
    ]
    book = Procedure.objects.get(pk=1)
    context = {
        "departments": [row for row in departments if row["people"] or actor.reach(access.READERS["staff"]) is None],
        "births": births(actor, "staff"),
        "more": [offer for offer in offers(book, actor, now) if offer.action.code == "administration.add_department"],
        "book": book,
    }
    return render(request, "screens/people.html", context)


def _roles(keys: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = RoleAssignment.objects.filter(staff__in=keys, until=None).select_related("department").order_by("pk")
    for row in rows:
        found[row.staff_id].append(f"{role_title(Role(row.role))} · {row.department.name}")
    return found


def staff_facts(staff: Staff) -> dict[str, Any]:
    """What the page of a colleague shows besides steps and records."""
    now = clock.now()
    standing_in = StandIn.objects.filter(staff=staff, ended_at=None, until__gt=now).select_related("substitute")
    return {
        "roles": _roles([staff.pk]).get(staff.pk, []),
        "teams": list(staff.teams.all()),
        "skills": list(staff.staffskill_set.select_related("skill").order_by("skill__name")),
        "stand_ins": list(standing_in),
    }
