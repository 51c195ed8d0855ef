"""Stock and capacity for programs: the figures of the pages (clauses 2.2.1, 3.2.1, 3.2.2)."""

from datetime import datetime
from typing import Any

from jiedan.core.availability import free_stock
from jiedan.orders import access
from jiedan.people.actor import Actor
from jiedan.people.models import Department
from jiedan.resources import capacity as reading
from jiedan.resources import needs
from jiedan.resources.models import Item


def stock(item: Item) -> dict[str, int] | None:
    """What is on hand of goods, what open orders need, what is left; None for what was never counted or has no stock."""
    if item.on_hand is None:
        return None
    found = free_stock(item.on_hand, needs.of_stock([item.pk])[item.pk])
    return {"on_hand": found.on_hand, "needed": found.needed, "free": found.free, "orders": len(found.takes)}


def capacity(actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """By department that the token's owner reads: each skill with who has it and the minutes that are there, needed and
    free in one, two and four weeks; each kind of equipment with its pieces, those usable, busy and free."""
    if not access.may_read(actor, "equipment"):
        return []
    reach = actor.reach(access.READERS["equipment"])
    rows = Department.objects.filter(is_active=True).exclude(parent=None).order_by("path")
    departments = list(rows if reach is None else rows.filter(pk__in=sorted(reach)))
    skills, equipment = reading.of_departments([row.pk for row in departments], now)
    days = [reading.ahead(now, weeks).isoformat() for weeks in reading.WEEKS]
    return [
        {
            "department": {"id": row.pk, "name": row.name},
            "skills": [_skill(one, days) for one in skills if one.department == row.pk],
            "equipment": [_equipment(one, days) for one in equipment if one.department == row.pk],
        }
        for row in departments
    ]


def _skill(row: reading.SkillRow, days: list[str]) -> dict[str, Any]:
    spans = [
        {"until": day, "total": span.total, "needed": span.needed, "free": span.free, "orders": len(span.takes)}
        for day, span in zip(days, row.hours, strict=True)
    ]
    return {"skill": row.skill, "people": list(row.people), "learners": row.learners, "minutes": spans}


def _equipment(row: reading.EquipmentRow, days: list[str]) -> dict[str, Any]:
    spans = [
        {"until": day, "pieces": span.pieces, "usable": span.usable, "busy": span.busy, "free": span.free}
        for day, span in zip(days, row.pieces, strict=True)
    ]
    return {"kind": row.kind, "pieces": spans}
