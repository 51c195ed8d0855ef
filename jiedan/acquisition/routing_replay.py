"""Past orders under other rules: how many would have gone elsewhere (clauses 1.3.4, 6.3.2).

Each order is judged at the moment it came, by the working calendar in force today. What a department had open at that
moment isn't kept, so its load is taken to be what the replay itself gave it within the day before.
"""

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import QuerySet

from jiedan.acquisition.routing import Rule, route
from jiedan.acquisition.routing_facts import Circumstances, RoutingFacts, plain_region, plain_text
from jiedan.core.worktime import WorkCalendar
from jiedan.orders.models import Order, OrderLine

DAYS = 30
MOST = 10_000
SHOWN = 20
_LOAD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """An order that would go elsewhere; None is the company, where it waits for somebody."""

    order: Order
    before: int | None
    after: int | None
    rule: int | None


@dataclass(slots=True)
class Replay:
    """What became of COUNT orders: how many moved between which departments, the newest of them, orders by rule."""

    count: int = 0
    since: datetime | None = None
    capped: bool = False
    moves: Counter[tuple[int | None, int | None]] = field(default_factory=Counter)
    examples: list[Elsewhere] = field(default_factory=list)
    by_rule: Counter[int] = field(default_factory=Counter)

    @property
    def moved(self) -> int:
        """How many orders would go elsewhere."""
        return self.moves.total()


class _Played:
    """One set of rules, played order by order."""

    def __init__(self, rules: Sequence[Rule], active: frozenset[int], calendar: WorkCalendar) -> None:
        self._rules = rules
        self._loads: Counter[int] = Counter()
        self._given: deque[tuple[datetime, int]] = deque()
        self._active, self._calendar = active, calendar
        self._asks_hours = any(rule.hours for rule in rules)

    def rule_for(self, facts: RoutingFacts, at: datetime) -> tuple[int | None, int | None]:
        """The number of the rule that takes the order at this moment, and its department."""
        while self._given and self._given[0][0] <= at - _LOAD:
            self._loads[self._given.popleft()[1]] -= 1
        now = Circumstances(self._active, self._loads, self._asks_hours and self._calendar.is_open(at))
        found = route(facts, self._rules, 0, now)
        if found.department is not None:
            self._loads[found.department] += 1
            self._given.append((at, found.department))
        return found.explanation["matched"], found.department


def replayed(
    orders: QuerySet[Order],
    present: Sequence[Rule],
    draft: Sequence[Rule],
    active: frozenset[int],
    calendar: WorkCalendar,
    now: datetime,
) -> Replay:
    """The newest ORDERS of the last 30 days, at most 10 000, under both sets of rules; three queries."""
    since = now - timedelta(days=DAYS)
    newest = [order for order in orders.order_by("-pk")[: MOST + 1] if order.received_at >= since]
    taken = newest[:MOST][::-1]
    found = Replay(len(taken), taken[0].received_at if taken else None, len(newest) > MOST)
    before, after = _Played(present, active, calendar), _Played(draft, active, calendar)
    facts = facts_of(taken)
    for order in taken:
        _number, where = before.rule_for(facts[order.pk], order.received_at)
        number, elsewhere = after.rule_for(facts[order.pk], order.received_at)
        if number is not None:
            found.by_rule[number] += 1
        if where != elsewhere:
            found.moves[where, elsewhere] += 1
            found.examples.append(Elsewhere(order, where, elsewhere, number))
    found.examples = found.examples[: -SHOWN - 1 : -1]
    return found


def facts_of(orders: Iterable[Order]) -> dict[int, RoutingFacts]:
    """What rules ask about ORDERS that we have, by key; one query."""
    rows = {order.pk: order for order in orders}
    lines: dict[int, list[tuple[str, str]]] = {pk: [] for pk in rows}
    asked = OrderLine.objects.filter(order__in=list(rows)) if len(rows) <= _IN else _between(rows)
    for pk, name, category in asked.order_by("order", "number").values_list("order", "name", "category"):
        if pk in lines:
            lines[pk].append((name, category))
    return {pk: _facts(order, lines[pk]) for pk, order in rows.items()}


_IN = 500
"""More keys than this are asked for by their range: databases don't take a list without end."""


def _between(rows: dict[int, Order]) -> QuerySet[OrderLine]:
    return OrderLine.objects.filter(order__gte=min(rows), order__lte=max(rows))


def _facts(order: Order, lines: Sequence[tuple[str, str]]) -> RoutingFacts:
    texts = [order.requirements, order.buyer_remark, order.seller_remark]
    return RoutingFacts(
        order.shop,
        tuple(category for _name, category in lines),
        order.channel,
        order.total,
        plain_region(order.region),
        plain_text(*(name for name, _category in lines), *texts),
    )
