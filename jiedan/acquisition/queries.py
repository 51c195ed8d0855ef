"""What the acquisition chapter reads."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db.models import Count

from jiedan.acquisition.incoming import IncomingOrder
from jiedan.acquisition.routing import Routed, Rule, route
from jiedan.acquisition.routing_facts import Circumstances, RoutingFacts
from jiedan.core.lifecycle import LIFECYCLES, OrderStage
from jiedan.kernel import rules as company_rules
from jiedan.kernel.counting import counted
from jiedan.orders import access
from jiedan.orders.models import Order
from jiedan.people.actor import SYSTEM
from jiedan.people.models import Department

_ORDER = LIFECYCLES["order"]
OPEN_STAGES = [stage for stage in _ORDER.titles if stage not in {*_ORDER.final, OrderStage.UNROUTED}]
"""Stages in which an order is work of its department: from being given to it until it ends."""


@dataclass(slots=True)
class Router:
    """The rules in force and how things stand, read once for a whole batch.

    What it gives to a department counts as that department's load for the orders after it. Loads and working hours
    are of the moment it was made; two batches at one moment don't see each other's orders.
    """

    version: int
    rules: Sequence[Rule]
    departments: dict[int, Department]
    loads: dict[int, int]
    circumstances: Circumstances

    def route(self, facts: RoutingFacts) -> Routed:
        """Where an order with these FACTS goes, and why; no query."""
        found = route(facts, self.rules, self.version, self.circumstances)
        if found.department in self.loads:
            self.loads[found.department] += 1
        return found

    def department(self, found: Routed) -> Department:
        """The department of an outcome: the company itself when no rule fits."""
        return self.root if found.department is None else self.departments[found.department]

    @property
    def root(self) -> Department:
        """The company itself."""
        return next(row for row in self.departments.values() if row.parent_id is None)


def router(now: datetime) -> Router:
    """The router for orders that arrive at NOW: one query, one more each when a rule asks for loads or hours."""
    rows = list(Department.objects.raw(_IN_USE))
    found = vars(rows[0]) if rows else {}
    return _router(_read(found.get("newest_rules") or "[]"), found.get("newest") or 0, rows, now)


def router_of(rules: Sequence[Rule], version: int, now: datetime) -> Router:
    """A router by these RULES, in force or not."""
    return _router(rules, version, list(Department.objects.filter(is_active=True)), now)


# Plain SQL, because every batch asks this: the departments in use, and the rules in force beside each of them.
_IN_USE = """
SELECT people_department.*, version.number AS newest, CAST(version.rules AS text) AS newest_rules
FROM people_department
LEFT JOIN acquisition_routingversion version ON version.number = (SELECT max(number) FROM acquisition_routingversion)
WHERE people_department.is_active
"""


@lru_cache(maxsize=16)
def _read(kept: str) -> Sequence[Rule]:
    """The rules in the text that a version keeps them in."""
    return [Rule.read(rule) for rule in json.loads(kept)]


def _router(rules: Sequence[Rule], version: int, rows: Sequence[Department], now: datetime) -> Router:
    departments = {row.pk: row for row in rows}
    loads = open_orders({one for rule in rules if rule.asks_loads for one in rule.departments})
    is_open = any(rule.hours for rule in rules) and company_rules.in_force(now).calendar.is_open(now)
    return Router(version, rules, departments, loads, Circumstances(frozenset(departments), loads, is_open))


def open_orders(departments: Collection[int]) -> dict[int, int]:
    """How many open orders each of these DEPARTMENTS has; no query for none."""
    if not departments:
        return {}
    rows = access.visible(SYSTEM, Order).filter(department__in=sorted(departments), stage__in=OPEN_STAGES)
    return dict.fromkeys(departments, 0) | dict(rows.values_list("department").annotate(n=Count("pk")))


def open_orders_up_to(departments: Collection[int], most: int) -> dict[int, int]:
    """How many open orders each of these DEPARTMENTS has, counted up to MOST; no query for none."""
    rows = access.visible(SYSTEM, Order).filter(stage__in=OPEN_STAGES)
    return counted({pk: rows.filter(department=pk) for pk in departments}, most) if departments else {}


def routed(incoming: IncomingOrder, now: datetime) -> Routed:
    """Where this one order goes by the rules in force at NOW."""
    return router(now).route(RoutingFacts.of(incoming))


def root_department() -> Department:
    """The company itself: where orders wait that no rule gives to a department."""
    return Department.objects.get(parent=None)
