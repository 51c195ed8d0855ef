"""What the rows of a file come to, whatever they hold: an order, a listing, or the reasons why there is none (2.1).

Rows with one number belong together. What is wrong is named with its column, and never keeps another from coming in.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from pydantic import BaseModel, ValidationError

from jiedan.connectors.spreadsheet import cells
from jiedan.connectors.spreadsheet.columns import Column, Mapped, Table
from jiedan.connectors.spreadsheet.reading import Row
from jiedan.connectors.spreadsheet.wrong import WrongCell
from jiedan.core import invisible
from jiedan.kernel.inputs import reasons as reasons_of

Numbered = tuple[int, Row]
"""A row with its index among the rows below the headers, from 0."""
Values = dict[str, Any]
Places = list[tuple[Column, int]]
"""Columns with their index in the file."""


@dataclass(slots=True)
class Draft:
    """What the rows with one number come to: an order or a listing, or why there is none."""

    rows: list[int]
    external_id: str = ""
    content: BaseModel | None = None
    reasons: list[str] = field(default_factory=list)


def grouped(keys: Sequence[Any], rows: Iterator[Row]) -> Iterator[list[Numbered]]:
    """The rows with one number together, as soon as the last one was read; KEYS are all rows' numbers."""
    names = [_key(cell) for cell in keys]
    last = {name: index for index, name in enumerate(names)}
    waiting: dict[str, list[Numbered]] = {}
    for index, row in enumerate(rows):
        key = names[index] if index < len(names) else ""
        if not key:
            if not all(map(cells.is_empty, row)):
                yield [(index, row)]
            continue
        if last[key] != index:
            waiting.setdefault(key, []).append((index, row))
        else:
            yield [*waiting.pop(key, ()), (index, row)]


def _key(cell: Any) -> str:
    return invisible.removed(cell) if isinstance(cell, str) else "" if cell is None else str(cell)


def places(table: Table, mapping: Mapped, of_line: bool = False) -> Places:
    """The columns that a person confirmed: those of a line, or all others."""
    pairs = [(table.by_field[name], index) for name, index in mapping.items()]
    return [pair for pair in pairs if pair[0].of_line == of_line]


def values_of(where: Places, rows: Sequence[Numbered], draft: Draft) -> Values:
    """What these rows say together; what is wrong, or said differently in two of them, becomes a reason."""
    given: Values = {}
    single = rows[0][1] if len(rows) == 1 else None
    for column, index in where:
        # Nearly all are one row, and going over rows for each of its cells would be a good part of the time.
        found = _cells(rows, index) if single is None else single[index : index + 1]
        if not found or cells.is_empty(found[0]):
            continue
        try:
            value = column.convert(found[0])
            if len(found) > 1 and any(column.convert(cell) != value for cell in found[1:]):
                raise WrongCell(_("the rows with this number say it differently; give it once, or the same everywhere"))
            given[column.field] = value
        except WrongCell as wrong:
            draft.reasons.append(told(column, str(wrong)))
    return given


def _cells(rows: Sequence[Numbered], index: int) -> list[Any]:
    """What stands in a column of these rows, each once."""
    given = (row[index] if index < len(row) else "" for _number, row in rows)
    # A dictionary keeps the sequence: an order may have very many rows.
    return list(dict.fromkeys(cell for cell in given if not cells.is_empty(cell)))


def told(column: Column, why: str) -> str:
    """A reason as a person reads it."""
    return _("%(column)s: %(why)s.") % {"column": column.title, "why": why}


def sentences(table: Table, error: ValidationError) -> list[str]:
    """What is wrong with the whole, by the titles of the columns."""
    found = []
    for place, reasons in reasons_of(error).items():
        column = table.by_field.get(place.replace(".", "_")) or table.by_field.get(place.rpartition(".")[2])
        found += [f"{column.title if column else place}: {sentence}" for sentence in reasons]
    return found
