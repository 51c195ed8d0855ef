"""A query for many values that costs no more to compile than one for a few."""

from typing import Any

import orjson
from django.db import models


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
