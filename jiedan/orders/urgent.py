"""The most urgent of the orders that a person may see, and how many there are in each stage, among however many.

One index holds a department's orders of one stage by due time. PostgreSQL doesn't merge several stretches of an index
by itself but sorts all of their rows, so each stretch (a department, a stage) gives its first ones, and these are
merged. On SQLite, which has no LATERAL, an installation has one process and fewer orders: there the rows are sorted.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy, RawSQL
from django.db.models.sql import Query

from jiedan.orders import access
from jiedan.orders.models import Order
from jiedan.people.actor import Actor


def most_urgent(
    actor: Actor,
    stages: Collection[str],
    limit: int,
    *narrow: Q,
    due_before: datetime | None = None,
    departments: Collection[int] | None = None,
) -> QuerySet[Order]:
    """The first LIMIT orders in these stages by due time (those without one last), of all departments or of these.

    NARROW is about columns of the order alone; what leaves few of very many costs as much as reading them.
    """
    rows = access.visible(actor, Order)
    if connection.vendor == "sqlite":
        wanted = [*narrow, *([Q(due_at__lt=due_before)] if due_before else [])]
        if departments is not None:
            wanted.append(Q(department__in=sorted(departments)))
        first = rows.filter(*wanted, stage__in=stages).order_by(*by_due_time()).values("id")[:limit]
        return rows.filter(pk__in=first).order_by(*by_due_time())
    merged = _merged(actor, sorted(stages), limit, narrow, due_before, departments)
    return rows.filter(pk__in=merged).order_by(*by_due_time())


def by_stretches(actor: Actor) -> QuerySet[Order]:
    """The orders that the person may see, said so that the index serves those who see the whole company, too."""
    rows = access.visible(actor, Order)
    if actor.reach(access.READERS[Order.KIND]) is not None:
        return rows
    return rows.filter(department__in=sorted(access.departments(actor, Order.KIND)))


def in_stages(actor: Actor, stages: Collection[str], most: int) -> dict[str, int]:
    """How many of the orders that the person may see are in each of these stages, up to MOST."""
    with connection.cursor() as cursor:
        cursor.execute(*_counting(actor, stages, most))
        found = dict(cursor.fetchall())
    return {stage: min(most, int(found.get(stage, 0))) for stage in stages}


def by_due_time() -> tuple[OrderBy, str]:
    """The order in which work is done: what falls due first, what has no time limit last."""
    return F("due_at").asc(nulls_last=True), "pk"


def _counting(actor: Actor, stages: Collection[str], most: int) -> tuple[str, list[Any]]:
    if connection.vendor == "sqlite":
        sql, params = (
            by_stretches(actor).filter(stage=RawSQL("part.stage", ())).values("pk")[:most].query.sql_with_params()
        )
        given = ", ".join(["(%s)"] * len(stages))
        # Django writes the statement, and values are passed beside it.
        return _COUNTED_ON_SQLITE.format(found=sql, given=given), [*params, *stages]
    reached = sorted(access.departments(actor, Order.KIND))
    asked = [key for kind, key in actor.asked if kind == Order.KIND]
    return _COUNTED, [list(stages), reached, most, asked, reached]


def _merged(
    actor: Actor,
    stages: list[str],
    limit: int,
    narrow: tuple[Q, ...],
    due_before: datetime | None,
    departments: Collection[int] | None,
) -> RawSQL:
    reached = access.departments(actor, Order.KIND)
    chosen = sorted(reached if departments is None else reached.intersection(departments))
    text, given = _narrowed(narrow)
    if due_before is not None:
        text, given = f"{text} AND due_at < %s", [*given, due_before]
    parts, values = [_STRETCHES.format(narrow=text)], [chosen, stages, *given, limit]
    asked = [key for kind, key in actor.asked if kind == Order.KIND]
    if asked:
        # Those that the person may read one by one aren't in a stretch of theirs.
        parts.append(_ONE_BY_ONE.format(narrow=text))
        values += [asked, stages, *given, departments is None, sorted(departments or ())]
    merged = f"SELECT id FROM ({' UNION '.join(parts)}) merged ORDER BY due_at NULLS LAST, id LIMIT %s"  # noqa: S608
    # Nothing of it is from outside: values are passed beside it.
    return RawSQL(merged, [*values, limit])  # noqa: S611


def _narrowed(narrow: tuple[Q, ...]) -> tuple[str, list[Any]]:
    if not narrow:
        return "", []
    query = Query(Order)
    sql, params = query.build_where(Q(*narrow)).as_sql(query.get_compiler(connection=connection), connection)
    return f" AND {sql}", list(params)


# Plain SQL: composing it anew for each panel of a page cost more than all that the database does.
_STRETCHES = """
SELECT found.id, found.due_at
FROM unnest(%s::bigint[]) AS d(department) CROSS JOIN unnest(%s::text[]) AS s(stage) CROSS JOIN LATERAL (
  SELECT id, due_at FROM orders_order WHERE department_id = d.department AND stage = s.stage{narrow}
  ORDER BY due_at NULLS LAST, id LIMIT %s
) AS found
"""
# The order makes PostgreSQL read each stretch in the index. Without it, it takes a stage that it knows nothing of for as
# frequent as any other and reads the whole table to find that there is none.
_COUNTED = """
SELECT stage, SUM(n) FROM (
  SELECT s.stage, found.n
  FROM unnest(%s::text[]) AS s(stage) CROSS JOIN unnest(%s::bigint[]) AS d(department) CROSS JOIN LATERAL (
    SELECT COUNT(*) AS n FROM (
      SELECT 1 FROM orders_order WHERE department_id = d.department AND stage = s.stage
      ORDER BY due_at NULLS LAST, id LIMIT %s
    ) AS first_ones
  ) AS found
  UNION ALL
  SELECT stage, COUNT(*) FROM orders_order WHERE id = ANY(%s) AND NOT department_id = ANY(%s::bigint[]) GROUP BY stage
) AS counted GROUP BY stage
"""
_COUNTED_ON_SQLITE = """
SELECT stage, (SELECT COUNT(*) FROM ({found}) counted) FROM (SELECT column1 AS stage FROM (VALUES {given}) given) part
"""
_ONE_BY_ONE = """
SELECT id, due_at FROM orders_order WHERE id = ANY(%s) AND stage = ANY(%s){narrow} AND (%s OR department_id = ANY(%s::bigint[]))
"""
