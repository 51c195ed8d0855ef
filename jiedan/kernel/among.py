"""Looking for many values at once: a query that costs no more to compile than one for a few, and none where nothing is."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.db import connection, models


@models.Field.register_lookup
class Among(models.Lookup):
    """`column__among=[…]`: one parameter however many values, where `in` compiles one for each.

    Values have to be text or whole numbers, all of one kind. Name the condition of a partial index beside it: beyond
    a hundred values PostgreSQL doesn't work it out by itself.
    """

    lookup_name = "among"
    prepare_rhs = False

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """column = ANY(array)."""
        column, params = self.process_lhs(compiler, connection)
        kind = "bigint" if isinstance(self.lhs.output_field, models.IntegerField) else "text"
        return f"{column} = ANY(%s::{kind}[])", [*params, list(self.rhs)]

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """column IN (the values of a JSON array)."""
        column, params = self.process_lhs(compiler, connection)
        values = orjson.dumps(list(self.rhs)).decode()
        return f"{column} IN (SELECT value FROM json_each(%s))", [*params, values]  # noqa: S608 - our own column


@dataclass(frozen=True, slots=True)
class Look:
    """The rows of MODEL whose COLUMN (text) holds one of VALUES and whose columns in WITHIN one of those numbers.

    CONDITION is SQL of our own, such as that of the partial index that has to be used.
    """

    model: type[models.Model]
    column: str
    values: Collection[str]
    within: Mapping[str, Collection[int]] = field(default_factory=dict)
    condition: str = "TRUE"


def keys(*looks: Look) -> list[list[int]]:
    """The keys of the rows that each look finds, all of them asked for in one statement.

    What is new most often isn't there, and to hear that has to cost less than a row's worth of columns.
    """
    found: list[list[int]] = [[] for _look in looks]
    asked = [_sql(number, look) for number, look in enumerate(looks) if look.values]
    if not asked:
        return found
    with connection.cursor() as sql:
        sql.execute(" UNION ALL ".join(text for text, _given in asked), [given for _text, given in asked])
        for number, pk in sql.fetchall():
            found[number].append(pk)
    return found


def _sql(number: int, look: Look) -> tuple[str, Any]:
    on_postgresql, values = connection.vendor == "postgresql", list(look.values)
    held = "= ANY(%s::text[])" if on_postgresql else "IN (SELECT value FROM json_each(%s))"
    given = values if on_postgresql else orjson.dumps(values).decode()
    numbers = [f"{name} IN ({', '.join(map(str, map(int, there)))})" for name, there in look.within.items()]
    wanted = " AND ".join([f"{look.column} {held}", look.condition, *numbers])
    return f"SELECT {number}, id FROM {look.model._meta.db_table} WHERE {wanted}", given  # noqa: S608 - names of our own
