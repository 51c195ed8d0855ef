"""What an order needs and what there is of it: the ground that its evaluation stands on (clause 2.2.1)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.timezone import localtime

from jiedan.core.availability import FreeHours, FreePieces, FreeStock, free_stock
from jiedan.orders.models import Order
from jiedan.resources import needs
from jiedan.resources.capacity import equipment_rows, skill_rows
from jiedan.resources.models import Item, ItemCode

NO_DAY = timedelta(weeks=4)
"""How far is looked ahead for an order that is wanted for no day."""


@dataclass(frozen=True, slots=True)
class StockFact:
    """Goods that the order wants, and what is left of them after other orders; None when nobody counted."""

    item: Item
    wanted: int
    stock: FreeStock | None

    @property
    def enough(self) -> bool:
        """Whether what is left covers the order."""
        return self.stock is not None and self.stock.free >= self.wanted


@dataclass(frozen=True, slots=True)
class SkillFact:
    """A skill that the order needs for so many minutes, the people who have it, and their hours until the day."""

    skill: str
    wanted: int
    people: tuple[str, ...]
    learners: int
    hours: FreeHours

    @property
    def enough(self) -> bool:
        """Whether the free hours cover the order."""
        return bool(self.people) and self.hours.free >= self.wanted


@dataclass(frozen=True, slots=True)
class EquipmentFact:
    """A kind of equipment that the order needs, and the pieces that are free until the day."""

    kind: str
    wanted: int
    pieces: FreePieces

    @property
    def enough(self) -> bool:
        """Whether a piece is free."""
        return self.pieces.free >= 1


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What the system knows about what an order needs; `until` is the wanted day, or how far was looked ahead."""

    items: tuple[Item, ...]
    unlisted: tuple[str, ...]
    elsewhere: tuple[Item, ...]
    until: date
    stock: tuple[StockFact, ...]
    skills: tuple[SkillFact, ...]
    equipment: tuple[EquipmentFact, ...]

    @property
    def lead_days(self) -> int | None:
        """The longest standard lead time of what it wants."""
        return max((item.lead_days for item in self.items if item.lead_days is not None), default=None)


def facts_of(order: Order, now: datetime) -> OrderFacts:
    """What is known at NOW about what the order needs; other open orders come first, whatever their day. About ten queries."""
    lines = list(order.lines.all())
    known = _items({line.sku for line in lines} - {""})
    quantities: dict[int, int] = defaultdict(int)
    for line in lines:
        if line.sku in known:
            quantities[known[line.sku].pk] += line.quantity
    until = order.promised_on or localtime(now).date() + NO_DAY
    items = {item.pk: item for item in known.values()}
    mine = tuple(items[key] for key in quantities)
    skills, equipment = _work(mine, quantities, order, until, now)
    return OrderFacts(
        items=mine,
        unlisted=tuple(dict.fromkeys(line.name for line in lines if line.sku not in known)),
        elsewhere=tuple(item for item in mine if not _does(item, order.department_id)),
        until=until,
        stock=_stock(mine, quantities, order),
        skills=skills,
        equipment=equipment,
    )


def _items(codes: set[str]) -> dict[str, Item]:
    """The items known by these codes."""
    if not codes:
        return {}
    rows = ItemCode.objects.filter(code__in=sorted(codes)).select_related("item__department")
    return {row.code: row.item for row in rows.prefetch_related("item__skills", "item__also")}


def _does(item: Item, department: int) -> bool:
    return department == item.department_id or any(row.pk == department for row in item.also.all())


def _stock(items: tuple[Item, ...], quantities: dict[int, int], order: Order) -> tuple[StockFact, ...]:
    goods = [item for item in items if item.kind == Item.PRODUCT]
    taken = needs.of_stock([item.pk for item in goods if item.on_hand is not None], but=order.pk)
    return tuple(
        StockFact(
            item,
            quantities[item.pk],
            None if item.on_hand is None else free_stock(item.on_hand, taken[item.pk]),
        )
        for item in goods
    )


def _work(
    items: tuple[Item, ...], quantities: dict[int, int], order: Order, until: date, now: datetime
) -> tuple[tuple[SkillFact, ...], tuple[EquipmentFact, ...]]:
    skills, kinds = _wanted_of(items, quantities)
    if not skills and not kinds:
        return (), ()
    where, taken = [order.department_id], needs.of_work([order.department_id], but=order.pk)
    # Asked for, so that what nobody has stands among the rows, too.
    for name in skills:
        taken.skills[order.department_id, name] += []
    for name in kinds:
        taken.equipment[order.department_id, name] += []
    people = {row.skill: row for row in skill_rows(where, [until], now, taken)}
    pieces = {row.kind: row for row in equipment_rows(where, [until], now, taken)}
    return (
        tuple(
            SkillFact(name, wanted, people[name].people, people[name].learners, people[name].hours[0])
            for name, wanted in sorted(skills.items())
        ),
        tuple(EquipmentFact(name, wanted, pieces[name].pieces[0]) for name, wanted in sorted(kinds.items())),
    )


def _wanted_of(items: tuple[Item, ...], quantities: dict[int, int]) -> tuple[dict[str, int], dict[str, int]]:
    """The minutes that the order needs of each skill and of each kind of equipment."""
    skills: dict[str, int] = defaultdict(int)
    kinds: dict[str, int] = defaultdict(int)
    for item in items:
        for skill in item.skills.all():
            skills[skill.name] += quantities[item.pk] * item.minutes
        if item.equipment:
            kinds[item.equipment] += quantities[item.pk] * item.minutes
    return skills, kinds
