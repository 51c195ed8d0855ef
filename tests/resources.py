"""Items of the catalogue and equipment that real steps brought to a stage, and people with skills."""

from typing import Any

from jiedan.core.lifecycle import EquipmentStage, ItemStage
from jiedan.kernel.dispatch import dispatch
from jiedan.people.models import Department, Staff
from jiedan.resources.models import Equipment, Item
from tests.cast import FRIDAY, Cast, acting

REASON = {"reason": "盘点"}


def item(cast: Cast, **changes: Any) -> dict[str, Any]:
    """What is said of the lamp that the cast's orders are for."""
    return {
        "name": "北欧落地灯", "kind": "product", "category": "家居/灯具", "unit": "盏", "department": cast.home.pk,
        "also": "", "list_price": "199.00", "lead_days": 3, "skills": "安装", "hours": "1.5", "equipment": "登高车",
    } | changes  # fmt: skip


def head_of(department: Department | None, cast: Cast) -> Staff:
    return cast.other_head if department == cast.service else cast.head


def listed(cast: Cast, code: str = "S1", stock: int | None = None, **changes: Any) -> Item:
    """An item of the catalogue, counted if STOCK says so."""
    done = dispatch("resources.add_item", acting(cast.decider), item(cast, code=code, **changes))
    if stock is not None:
        done = dispatch(
            "resources.count_stock", acting(cast.decider), {"on_hand": stock, **REASON}, subject=done.subject
        )
    return Item.objects.get(pk=done.subject.pk)


def item_at(stage: str, cast: Cast, department: Department | None = None) -> Item:
    """A counted item in this stage."""
    place = department or cast.home
    found = listed(cast, f"{place.code}-1", stock=40, department=place.pk)
    if stage == ItemStage.WITHDRAWN:
        dispatch("resources.withdraw_item", acting(head_of(place, cast)), dict(REASON), subject=found)
    return Item.objects.get(pk=found.pk)


def equipment_at(stage: str, cast: Cast, department: Department | None = None) -> Equipment:
    """A piece that is out of order today and tomorrow, in this stage."""
    place = department or cast.home
    head = acting(head_of(place, cast))
    data = {"number": f"{place.code}-01", "kind": "登高车", "name": "一号登高车", "department": place.pk}
    piece = dispatch("resources.add_equipment", head, data).subject
    today = FRIDAY.date().isoformat()
    dispatch("resources.report_outage", head, {"since": today, "until": "2026-09-19", **REASON}, subject=piece)
    if stage == EquipmentStage.RETIRED:
        dispatch("resources.retire_equipment", head, dict(REASON), subject=piece)
    return Equipment.objects.get(pk=piece.pk)


def able(staff: Staff, cast: Cast, skill: str = "安装", level: str = "2") -> None:
    """The person has the skill."""
    dispatch("administration.set_skill", acting(cast.head), {"skill": skill, "level": level}, subject=staff)
