"""Counts for chips, tiles and loads: several in one query, each only so far, so that a page costs the same among a million rows."""

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from django.db import connection
from django.db.models import IntegerField, QuerySet, Subquery
from django.db.models.expressions import RawSQL

from jiedan.kernel.models import Procedure

MOST = 1000
"""More than this isn't counted; the page then says “1000+”."""


K = TypeVar("K")


class _Count(Subquery):
    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def counted(rows: Mapping[K, QuerySet[Any]], most: int = MOST) -> dict[K, int]:
    """How many rows there are of each, up to MOST."""
    numbered = {
        f"n{number}": _Count(found.order_by().values("pk")[:most]) for number, found in enumerate(rows.values())
    }
    # The one row of the procedure carries the answer; nothing of it is asked for.
    found = Procedure.objects.filter(pk=1).values_list().annotate(**numbered).values_list(*numbered).get()
    return dict(zip(rows, found, strict=True))


def in_stages(rows: QuerySet[Any], stages: Collection[str], most: int = MOST) -> dict[str, int]:
    """How many of the rows are in each of these stages, up to MOST: one query, put together once for all stages."""
    of_one = rows.filter(stage=RawSQL("part.stage", ())).order_by().values("pk")[:most]
    sql, params = of_one.query.sql_with_params()
    listed = ", ".join(["(%s)"] * len(stages))
    # Nothing of it is from outside: Django writes the statement, and values are passed beside it.
    text = f"SELECT stage, (SELECT COUNT(*) FROM ({sql}) counted) FROM (SELECT column1 AS stage FROM (VALUES {listed}) given) part"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(text, [*params, *stages])
        return dict(cursor.fetchall())
