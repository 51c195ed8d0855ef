"""What open orders need of skills, equipment and stock, by their lines that stand in the catalogue (3.2.1, 3.2.2).

Open are orders that a department has accepted and that haven't ended. A line needs its quantity times what the catalogue
says of one unit. Who does it when, and what is set aside for it, is known once work is planned.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Q, QuerySet, Sum

from jiedan.core.availability import Need
from jiedan.core.lifecycle import AFTER_ACCEPTANCE, OrderStage
from jiedan.orders.models import Order, OrderLine
from jiedan.people.models import Department
from jiedan.resources.models import ItemCode

OPEN = AFTER_ACCEPTANCE | {OrderStage.CANCELLING}
"""The stages of orders that need something; one whose cancellation is asked for still does, until it is settled."""

Place = tuple[int, str]
"""A department, and the name of a skill or of a kind of equipment."""


@dataclass(slots=True)
class Needs:
    """What open orders need, by department and skill and by department and kind of equipment; in minutes."""

    skills: dict[Place, list[Need]] = field(default_factory=lambda: defaultdict(list))
    equipment: dict[Place, list[Need]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True, slots=True)
class _Wanted:
    order: str
    department: int
    by: date | None
    sku: str
    quantity: int


def of_work(departments: Collection[int], but: int | None = None) -> Needs:
    """What the open orders of these departments need of people and equipment, without the order BUT. Three queries."""
    codes = ItemCode.objects.filter(item__minutes__gt=0)
    items = {row.code: row.item for row in codes.select_related("item").prefetch_related("item__skills")}
    by_skill: dict[tuple[int, str, str, date | None], int] = defaultdict(int)
    by_kind: dict[tuple[int, str, str, date | None], int] = defaultdict(int)
    rows = OrderLine.objects.filter(order__department__in=sorted(departments), sku__in=codes.values("code"))
    for row in _wanted(rows, but):
        item = items[row.sku]
        for skill in item.skills.all():
            by_skill[row.department, skill.name, row.order, row.by] += row.quantity * item.minutes
        if item.equipment:
            by_kind[row.department, item.equipment, row.order, row.by] += row.quantity * item.minutes
    found = Needs()
    for mine, summed in ((found.skills, by_skill), (found.equipment, by_kind)):
        for (department, name, order, by), minutes in summed.items():
            mine[department, name].append(Need(order, minutes, by))
    return found


def of_stock(items: Collection[int], but: int | None = None) -> dict[int, list[Need]]:
    """What open orders of the whole company need of these items, without the order BUT. Three queries."""
    found: dict[int, list[Need]] = defaultdict(list)
    known = dict(ItemCode.objects.filter(item__in=sorted(items)).values_list("code", "item"))
    if not known:
        return found
    # By way of the departments' open orders, for which there is an index; lines are found by their order alone.
    everywhere = list(Department.objects.values_list("pk", flat=True))
    rows = OrderLine.objects.filter(order__department__in=everywhere, sku__in=sorted(known))
    taken: dict[tuple[int, str, date | None], int] = defaultdict(int)
    for row in _wanted(rows, but):
        taken[known[row.sku], row.order, row.by] += row.quantity
    for (item, order, by), quantity in taken.items():
        found[item].append(Need(order, quantity, by))
    return found


def _wanted(lines: QuerySet[OrderLine], but: int | None) -> Iterator[_Wanted]:
    rows = lines.filter(~Q(order=but), order__stage__in=sorted(OPEN), order__accepted_at__isnull=False)
    names = ("order", "order__received_at", "order__department", "order__promised_on", "sku")
    for order, received_at, department, by, sku, quantity in rows.values_list(*names).annotate(n=Sum("quantity")):
        yield _Wanted(_ref(order, received_at), department, by, sku, quantity)


def _ref(order: int, received_at: datetime) -> str:
    return Order(pk=order, received_at=received_at).ref
