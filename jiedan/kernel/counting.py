"""Counts for chips, tiles and loads: several in one query, each only so far, so that a page costs the same among a million rows."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import IntegerField, QuerySet, Subquery

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
