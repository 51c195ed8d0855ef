"""The most urgent of the orders that a person may see, among however many there are.

One index holds a department's orders of one stage by due time. PostgreSQL doesn't merge several stretches of an index
by itself but sorts all of their rows, so each stretch (a department, a stage) gives its first ones, and these are
merged. On SQLite, which has no LATERAL, an installation has one process and fewer orders: there the rows are sorted.
"""

from collections.abc import Collection

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy, RawSQL

from jiedan.orders import access
from jiedan.orders.models import Order
from jiedan.people.actor import Actor


def most_urgent(
    actor: Actor, stages: Collection[str], limit: int, *narrow: Q, departments: Collection[int] | None = None
) -> QuerySet[Order]:
    """The first LIMIT orders in these stages by due time (those without one last), of all departments or of these.

    NARROW is about columns of the order alone; what leaves few of very many costs as much as reading them.
    """
    rows = access.visible(actor, Order)
    if departments is not None:
        narrow = (*narrow, Q(department__in=sorted(departments)))
    if connection.vendor == "sqlite":
        found = _first(rows.filter(*narrow, stage__in=stages), limit)
        return rows.filter(pk__in=found).order_by(*by_due_time())
    return rows.filter(pk__in=_merged(actor, stages, limit, narrow, departments)).order_by(*by_due_time())


def by_stretches(actor: Actor) -> QuerySet[Order]:
    """The orders that the person may see, said so that the index serves those who see the whole company, too."""
    rows = access.visible(actor, Order)
    if actor.reach(access.READERS[Order.KIND]) is not None:
        return rows
    return rows.filter(department__in=sorted(access.departments(actor, Order.KIND)))


def by_due_time() -> tuple[OrderBy, str]:
    """The order in which work is done: what falls due first, what has no time limit last."""
    return F("due_at").asc(nulls_last=True), "pk"


def _first(rows: QuerySet[Order], limit: int) -> QuerySet[Order]:
    return rows.order_by(*by_due_time()).values("id")[:limit]


def _merged(
    actor: Actor, stages: Collection[str], limit: int, narrow: tuple[Q, ...], departments: Collection[int] | None
) -> RawSQL:
    by_role = access.visible(actor, Order, asked_too=False).filter(*narrow)
    stretch = by_role.filter(department=RawSQL("d.department", ()), stage=RawSQL("s.stage", ()))
    reached = access.departments(actor, Order.KIND)
    chosen = sorted(reached if departments is None else reached & set(departments))
    parts = [(_STRETCHES, [chosen, sorted(stages)], stretch)]
    asked = [key for kind, key in actor.asked if kind == Order.KIND]
    if asked:
        parts.append(("{sql}", [], access.visible(actor, Order).filter(*narrow, pk__in=asked, stage__in=stages)))
    texts, given = [], []
    for text, before, rows in parts:
        sql, params = rows.order_by(*by_due_time()).values("id", "due_at")[:limit].query.sql_with_params()
        texts.append(f"({text.format(sql=sql)})")
        given += [*before, *params]
    # Nothing of it is from outside: Django writes the statements, and values are passed beside them.
    merged = f"SELECT id FROM ({' UNION '.join(texts)}) merged ORDER BY due_at NULLS LAST, id LIMIT %s"  # noqa: S608
    return RawSQL(merged, [*given, limit])  # noqa: S611


_STRETCHES = """
SELECT found.id, found.due_at
FROM unnest(%s::bigint[]) AS d(department) CROSS JOIN unnest(%s::text[]) AS s(stage) CROSS JOIN LATERAL ({sql}) AS found
"""
