"""The procedure as the machine reads it: its clauses, and the versions in which the company's values are in force.

A version is the whole set of values from a moment on; an order is judged by the version in force when its duty
began. Versions are added, never changed, and a later one never takes effect before an earlier one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Self

from jiedan.core.amounts import WorkDays, WorkHours
from jiedan.core.clauses import CHAPTERS, ROWS, Chapter, Clause, ClauseKind
from jiedan.core.clauses.catalogue import clause
from jiedan.core.value import Unit, Value
from jiedan.core.values import VALUES, WrongValues, defaults, validate_values

__all__ = [
    "CHAPTERS",
    "CLAUSES",
    "VALUES",
    "BadVersion",
    "Chapter",
    "Clause",
    "ClauseKind",
    "NotInForce",
    "ProcedureHistory",
    "ProcedureVersion",
    "Unit",
    "Value",
    "WrongValues",
    "defaults",
    "validate_values",
]

CLAUSES: Mapping[str, Clause] = MappingProxyType(
    {row[0]: clause(row, tuple(value.key for value in VALUES.values() if value.clause == row[0])) for row in ROWS}
)


class BadVersion(ValueError):
    """A version, or a history of versions, that can't be used."""


class NotInForce(LookupError):
    """There is no such version of the company's values."""


@dataclass(frozen=True, slots=True)
class ProcedureVersion:
    """The company's values from a moment (aware) on. Raises BadVersion.

    Ranges are checked by `validate_values` before a version is made, not here: a range that is narrowed later, or
    a value that is dropped, must not make an old version unreadable.
    """

    number: int
    effective_from: datetime
    values: Mapping[str, Decimal]
    reason: str = ""

    def __post_init__(self) -> None:
        if type(self.number) is not int or self.number < 1:
            raise BadVersion(f"number: {self.number!r} is no version number; give a whole number of 1 or more")
        if self.effective_from.tzinfo is None:
            raise BadVersion(f"effective_from: {self.effective_from!r} has no time zone; give an aware datetime")
        object.__setattr__(self, "values", {key: _number(key, raw) for key, raw in self.values.items()})

    def amount(self, key: str) -> WorkHours | WorkDays | Decimal:
        """The value in the type of its unit; a version older than the value itself answers with the default.

        Raises KeyError for a value that the procedure doesn't have.
        """
        value = VALUES[key]
        number = self.values.get(key, value.default)
        if value.unit is Unit.WORKHOURS:
            return WorkHours.of(number)
        return WorkDays(int(number)) if value.unit is Unit.WORKDAYS else number

    def to_json(self) -> dict[str, Any]:
        """The version as it stands in the database; numbers as text."""
        return {
            "number": self.number,
            "effective_from": self.effective_from.isoformat(),
            "values": {key: f"{number:f}" for key, number in sorted(self.values.items())},
            "reason": self.reason,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read a version back. Raises BadVersion naming the field."""
        try:
            number, since, values, reason = (data[name] for name in _FIELDS)
        except (KeyError, TypeError) as error:
            raise BadVersion(f"version: {error} is missing; a version has {', '.join(_FIELDS)}") from error
        if not isinstance(values, Mapping):
            raise BadVersion("values: they are no JSON object; give numbers as text by key")
        if not isinstance(reason, str):
            raise BadVersion(f"reason: {reason!r} is no text; say why the values hold")
        try:
            effective_from = datetime.fromisoformat(since)
        except (TypeError, ValueError) as error:
            raise BadVersion(f"effective_from: {since!r} is no moment; write it like 2026-09-18T09:00+08:00") from error
        return cls(number, effective_from, values, reason)


_FIELDS = ("number", "effective_from", "values", "reason")


def _number(key: str, raw: object) -> Decimal:
    try:
        number = Decimal(raw) if isinstance(raw, str | int | Decimal) else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite():
        raise BadVersion(f"values, {key}: {raw!r} is no number; give it as text, e.g. 0.5")
    return number


@dataclass(frozen=True, slots=True)
class ProcedureHistory:
    """All versions of the values, oldest first. Raises BadVersion when numbers repeat or moments run backwards."""

    versions: tuple[ProcedureVersion, ...]
    _numbers: dict[int, ProcedureVersion] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ordered = tuple(sorted(self.versions, key=lambda version: version.number))
        numbers = {version.number: version for version in ordered}
        if len(numbers) != len(ordered):
            raise BadVersion("versions: a number stands there twice; versions are added, never replaced")
        for earlier, later in pairwise(ordered):
            if later.effective_from < earlier.effective_from:
                raise BadVersion(
                    f"version {later.number}: it would take effect before version {earlier.number} "
                    f"({earlier.effective_from.isoformat()}); give that moment or a later one"
                )
        object.__setattr__(self, "versions", ordered)
        object.__setattr__(self, "_numbers", numbers)

    def in_force_at(self, moment: datetime) -> ProcedureVersion:
        """The newest version that has taken effect at MOMENT. Raises NotInForce before the first."""
        for version in reversed(self.versions):
            if version.effective_from <= moment:
                return version
        raise NotInForce(f"no version of the company's values is in force at {moment.isoformat()}")

    def by_number(self, number: int) -> ProcedureVersion:
        """The version with that number. Raises NotInForce."""
        if number not in self._numbers:
            raise NotInForce(f"there is no version {number} of the company's values")
        return self._numbers[number]

    def to_json(self) -> list[dict[str, Any]]:
        """All versions as they stand in the database."""
        return [version.to_json() for version in self.versions]

    @classmethod
    def from_json(cls, data: list[Mapping[str, Any]]) -> Self:
        """Read a history back. Raises BadVersion."""
        return cls(tuple(ProcedureVersion.from_json(entry) for entry in data))
