"""Writing many rows at once: COPY on PostgreSQL, one prepared statement on SQLite; keys drawn beforehand.

Keys come first because records name their subject and the outbox names its record. The rows are the models' own
instances; what the database fills in by itself (`db_default`) is left to it.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import Any, TypeVar

import orjson
from django.db import connection, models
from django.db.models.base import ModelState
from django.db.models.expressions import DatabaseDefault

from jiedan.core import courtesy

FEW = 4
"""Up to so many rows an ordinary INSERT is as fast."""

Adapt = Callable[[Any], Any]
M = TypeVar("M", bound=models.Model)


@contextmanager
def standing_aside() -> Iterator[None]:
    """Work for many that stores: pages go first. Whoever holds SQLite's one lock for writing doesn't wait for anybody."""
    with courtesy.standing_aside(throughout=connection.vendor != "sqlite"):
        yield


def reserve(model: type[models.Model], count: int) -> list[int]:
    """COUNT keys for new rows of the model that nobody else will get, ascending. Call it inside a transaction."""
    (found,) = reserve_each([model], count)
    return found


def reserve_each(wanted: Sequence[type[models.Model]], count: int) -> list[list[int]]:
    """COUNT keys for new rows of each of these models."""
    if connection.vendor != "postgresql":
        return [_next_on_sqlite(model._meta.db_table, count) for model in wanted]
    drawn = ", ".join("nextval(%s)" for _model in wanted)
    names = [_sequence(model._meta.db_table) for model in wanted]
    with connection.cursor() as sql:
        sql.execute(f"SELECT {drawn} FROM generate_series(1, %s)", [*names, count])  # noqa: S608 - only marks
        return [sorted(keys) for keys in zip(*sql.fetchall(), strict=True)]


def _next_on_sqlite(table: str, count: int) -> list[int]:
    with connection.cursor() as sql:
        sql.execute("UPDATE sqlite_sequence SET seq = seq + %s WHERE name = %s RETURNING seq", [count, table])
        found = sql.fetchone()
        if found is None:
            sql.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, count])
        last = count if found is None else int(found[0])
    return list(range(last - count + 1, last + 1))


Values = dict[str, Any]
"""A row as plain values by column attribute; what is left out takes the field's default. Making a model's instance
costs more than writing its row, so what nobody works with afterwards goes in like this."""


def made(model: type[M], **values: Any) -> M:
    """An instance of the model, to be inserted by `insert`: as its constructor makes it, five times as fast.

    Columns by their attribute names, all that the database fills in among them; related rows may come beside their
    column, so that nobody looks them up. No signal is sent: there are no receivers here.
    """
    row = model.__new__(model)
    row._state = state = ModelState()
    for name in _related(model):
        if name in values:
            state.fields_cache[name] = values.pop(name)
    columns = row.__dict__
    columns |= _defaults(model)
    for name, worked_out in _worked_out(model):
        if name not in values:
            columns[name] = worked_out()
    columns |= values
    return row


def insert(rows: Sequence[models.Model]) -> None:
    """Insert rows of one model as they are, with the key they have or one of the database's."""
    if not rows:
        return
    model = type(rows[0])
    if len(rows) <= FEW:
        model._default_manager.bulk_create(rows)
        return
    layout = _layout(model, connection.vendor, rows[0].pk is not None, _defaulted(rows[0]))
    read = attrgetter(*layout.names)
    _write(layout, [list(read(row)) for row in rows])


def insert_values(model: type[models.Model], rows: Sequence[Values]) -> None:
    """Insert rows of one model given as values; all of them name the same columns."""
    if not rows:
        return
    if len(rows) <= FEW:
        model._default_manager.bulk_create([model(**row) for row in rows])
        return
    layout = _layout(model, connection.vendor, "id" in rows[0], _filled_in(model).difference(rows[0]))
    read = itemgetter(*layout.names)
    _write(layout, [list(read(layout.defaults | row)) for row in rows])


def insert_all(rows: Sequence[tuple[type[models.Model], Values]]) -> None:
    """Insert rows of several models, each model's at once."""
    by_model: dict[type[models.Model], list[Values]] = {}
    for model, values in rows:
        by_model.setdefault(model, []).append(values)
    for model, found in by_model.items():
        insert_values(model, found)


@dataclass(frozen=True, slots=True)
class _Layout:
    table: str
    columns: str
    names: tuple[str, ...]
    adapters: tuple[tuple[int, Adapt], ...]
    """The places of the columns whose values the driver has to be given in another form."""
    defaults: dict[str, Any]


def _write(layout: _Layout, values: Sequence[list[Any]]) -> None:
    courtesy.give_way()
    for place, adapt in layout.adapters:
        for row in values:
            row[place] = adapt(row[place])
    with connection.cursor() as sql:
        if connection.vendor == "postgresql":
            # What the server says at the end of the copy arrives when it is closed, past the cursor's own wrapping.
            command = f"COPY {layout.table} ({layout.columns}) FROM STDIN"
            with connection.wrap_database_errors, sql.copy(command) as copy:
                for row in values:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(layout.names))
        sql.executemany(f"INSERT INTO {layout.table} ({layout.columns}) VALUES ({marks})", values)  # noqa: S608 - our own names


def _defaulted(row: models.Model) -> frozenset[str]:
    """What is left to the database: columns it fills in for which the row says nothing."""
    given = vars(row)
    return frozenset(
        name
        for name in _filled_in(type(row))
        if given.get(name) is None or isinstance(given.get(name), DatabaseDefault)
    )


@lru_cache(maxsize=128)
def _defaults(model: type[models.Model]) -> dict[str, Any]:
    """What columns hold for which nothing is said, the same for every row."""
    return {field.attname: field.get_default() for field in _own(model) if not _calls(field)}


@lru_cache(maxsize=128)
def _worked_out(model: type[models.Model]) -> tuple[tuple[str, Callable[[], Any]], ...]:
    """The columns whose default is worked out for each row."""
    return tuple((field.attname, field.default) for field in _own(model) if _calls(field))


def _calls(field: Any) -> bool:
    return field.default is not models.NOT_PROVIDED and callable(field.default)


def _own(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.local_concrete_fields if not field.has_db_default()]


@lru_cache(maxsize=128)
def _related(model: type[models.Model]) -> frozenset[str]:
    return frozenset(field.name for field in model._meta.local_concrete_fields if field.is_relation)


@lru_cache(maxsize=128)
def _filled_in(model: type[models.Model]) -> frozenset[str]:
    """What the database fills in by itself."""
    return frozenset(field.attname for field in model._meta.local_concrete_fields if field.has_db_default())


@lru_cache(maxsize=128)
def _layout(model: type[models.Model], vendor: str, keyed: bool, left_out: frozenset[str]) -> _Layout:
    fields = [
        field
        for field in model._meta.local_concrete_fields
        if (keyed or not field.primary_key) and field.attname not in left_out
    ]
    return _Layout(
        connection.ops.quote_name(model._meta.db_table),
        ", ".join(connection.ops.quote_name(str(field.column)) for field in fields),
        tuple(field.attname for field in fields),
        tuple((place, adapt) for place, field in enumerate(fields) if (adapt := _adapter(field, vendor))),
        {field.attname: None if field.has_db_default() else field.get_default() for field in fields},
    )


def _adapter(field: Any, vendor: str) -> Adapt | None:
    if isinstance(field, models.JSONField):
        return lambda value: None if value is None else orjson.dumps(value).decode()
    if isinstance(field, models.DateTimeField):
        return _moment_with_offset if vendor == "postgresql" else _moment
    if vendor == "postgresql":
        return None
    # What Django's own preparation comes to for values that are aware, exact and of the right type already.
    if isinstance(field, models.DateField):
        return lambda value: None if value is None else str(value)
    if isinstance(field, models.DecimalField):
        places = f".{field.decimal_places}f"
        return lambda value: None if value is None else format(value, places)
    return None


# The rows of a batch share most of their moments.
@lru_cache(maxsize=1024)
def _moment(value: datetime | None) -> str | None:
    return None if value is None else str(value.astimezone(UTC).replace(tzinfo=None))


@lru_cache(maxsize=1024)
def _moment_with_offset(value: datetime | None) -> str | None:
    return None if value is None else str(value)


@lru_cache(maxsize=128)
def _sequence(table: str) -> str:
    with connection.cursor() as sql:
        sql.execute("SELECT pg_get_serial_sequence(%s, 'id')", [f'"{table}"'])
        return str(sql.fetchone()[0])
