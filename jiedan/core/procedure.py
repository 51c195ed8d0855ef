"""The catalogue of clauses and of the company's values, and the versions in which the values were in force.

Each value has a unit, a default and a range. A version is the whole set of values from a moment on; an order is
judged by the version in force when its duty began.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from jiedan.core.amounts import WorkDays, WorkHours
from jiedan.core.clauses import CHAPTERS, ROWS

__all__ = ["CHAPTERS", "CLAUSES", "VALUES", "Clause", "ClauseKind", "ProcedureHistory", "ProcedureVersion", "Unit", "Value", "WrongValues"]


class ClauseKind(StrEnum):
    """How a clause is carried out: it stops what it forbids, runs against time, leaves proof, or is judged."""

    GATE = "gate"
    CLOCK = "clock"
    RECORD = "record"
    JUDGEMENT = "judgement"


_KINDS = {"G": ClauseKind.GATE, "C": ClauseKind.CLOCK, "R": ClauseKind.RECORD, "J": ClauseKind.JUDGEMENT}


class Unit(StrEnum):
    """What a value counts."""

    WORKHOURS = "workhours"
    WORKDAYS = "workdays"
    HOURS = "hours"
    DAYS = "days"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of the procedure, in our own words."""

    id: str
    kinds: frozenset[ClauseKind]
    title_zh: str
    title_en: str
    sentence_zh: str
    sentence_en: str

    @property
    def chapter(self) -> int:
        """The chapter's number."""
        return int(self.id.partition(".")[0])

    @property
    def values(self) -> tuple[str, ...]:
        """The keys of the values that this clause uses."""
        return tuple(value.key for value in VALUES.values() if value.clause == self.id)


@dataclass(frozen=True, slots=True)
class Value:
    """A number that the company sets; `asked` marks the six that the procedure leaves open as [X]."""

    key: str
    clause: str
    unit: Unit
    default: Decimal
    minimum: Decimal
    maximum: Decimal
    title_zh: str
    title_en: str
    asked: bool = False


CLAUSES: dict[str, Clause] = {
    row[0]: Clause(row[0], frozenset(_KINDS[letter] for letter in row[1]), *row[2:]) for row in ROWS
}


def _value(key: str, clause: str, unit: Unit, numbers: str, zh: str, en: str, *, asked: bool = False) -> Value:
    default, minimum, maximum = (Decimal(number) for number in numbers.split())
    return Value(key, clause, unit, default, minimum, maximum, zh, en, asked)


VALUES: dict[str, Value] = {
    value.key: value
    for value in (
        _value("accept_hours", "2.1.2", Unit.WORKHOURS, "2 0.25 80", "接收并阅读推送订单的时限", "Time to accept and read a pushed order", asked=True),
        _value("hotline_hours", "5.1.1", Unit.HOURS, "12 1 24", "热线每日最短服务时长", "Hotline hours a day, at least", asked=True),
        _value("answer_hours", "5.1.1", Unit.WORKHOURS, "4 0.25 80", "答复邮件和在线咨询的时限", "Time to answer mail and online questions", asked=True),
        _value("ordinary_workdays", "5.2.1", Unit.WORKDAYS, "3 1 60", "一般问题解决时限", "Time to solve an ordinary problem", asked=True),
        _value("investigate_workdays", "5.3.2", Unit.WORKDAYS, "5 1 60", "投诉调查时限", "Time to investigate a complaint", asked=True),
        _value("backup_days", "6.2.2", Unit.DAYS, "1 1 31", "备份间隔上限", "Days between backups, at most", asked=True),
        _value("accept_warning_hours", "2.1.2", Unit.WORKHOURS, "0.5 0 40", "接收时限的提前预警", "Warning before the time to accept ends"),
        _value("triage_hours", "2.1.2", Unit.WORKHOURS, "1 0.25 40", "为无人负责的订单指定部门的时限", "Time to give an unrouted order a department"),
        _value("triage_warning_hours", "2.1.2", Unit.WORKHOURS, "0.25 0 20", "指定部门时限的提前预警", "Warning before the time to route ends"),
        _value("first_contact_hours", "2.1.1", Unit.WORKHOURS, "4 0.25 80", "认领后首次联系客户的时限", "Time for the first contact after a claim"),
        _value("first_contact_warning_hours", "2.1.1", Unit.WORKHOURS, "1 0 40", "首次联系时限的提前预警", "Warning before the time for the first contact ends"),
    )
}  # fmt: skip


class WrongValues(ValueError):
    """Values that can't be put in force: for each key, what is wrong and what is allowed."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{key}: {problem}" for key, problem in problems.items()))
        self.problems = dict(problems)


@dataclass(frozen=True, slots=True)
class ProcedureVersion:
    """The company's values from a moment on."""

    number: int
    effective_from: datetime
    values: Mapping[str, Decimal]
    reason: str = ""

    def amount(self, key: str) -> WorkHours | WorkDays | Decimal:
        """The value in the type of its unit. Raises KeyError for a value the procedure doesn't have.

        A version older than the value itself answers with the default.
        """
        value = VALUES[key]
        number = self.values.get(key, value.default)
        if value.unit is Unit.WORKHOURS:
            return WorkHours.of(number)
        return WorkDays(int(number)) if value.unit is Unit.WORKDAYS else number

    def to_json(self) -> dict[str, Any]:
        """The version as it stands in the database (numbers as text)."""
        return {
            "number": self.number,
            "effective_from": self.effective_from.isoformat(),
            "values": {key: str(number) for key, number in sorted(self.values.items())},
            "reason": self.reason,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ProcedureVersion":
        """Read a version back."""
        values = {key: Decimal(number) for key, number in data["values"].items()}
        return cls(data["number"], datetime.fromisoformat(data["effective_from"]), values, data["reason"])


@dataclass(frozen=True, slots=True)
class ProcedureHistory:
    """All versions of the values."""

    versions: tuple[ProcedureVersion, ...]

    def in_force_at(self, moment: datetime) -> ProcedureVersion:
        """The newest version already in force at MOMENT. Raises LookupError before the first."""
        found = [version for version in self.versions if version.effective_from <= moment]
        if not found:
            raise LookupError(f"no version of the values is in force at {moment.isoformat()}")
        return max(found, key=lambda version: version.number)

    def by_number(self, number: int) -> ProcedureVersion:
        """The version with that number. Raises LookupError."""
        for version in self.versions:
            if version.number == number:
                return version
        raise LookupError(f"there is no version {number} of the values")


def defaults() -> dict[str, Decimal]:
    """Every value at its default."""
    return {value.key: value.default for value in VALUES.values()}


def checked_values(values: Mapping[str, object]) -> dict[str, Decimal]:
    """VALUES as numbers within their ranges. Raises WrongValues naming every key that isn't."""
    problems: dict[str, str] = {}
    found: dict[str, Decimal] = {}
    for key, raw in values.items():
        try:
            found[key] = _checked(VALUES[key], raw)
        except KeyError:
            problems[key] = "the procedure has no such value"
        except ValueError as error:
            problems[key] = str(error)
    if problems:
        raise WrongValues(problems)
    return found


def _checked(value: Value, raw: object) -> Decimal:
    try:
        number = Decimal(str(raw).strip())
    except InvalidOperation as error:
        raise ValueError(f"“{raw}” is no number") from error
    if not number.is_finite() or not value.minimum <= number <= value.maximum:
        raise ValueError(f"{raw} is out of range; allowed are {value.minimum} to {value.maximum}")
    if value.unit is Unit.WORKHOURS:
        WorkHours.of(number)
    elif number != number.to_integral_value():
        raise ValueError(f"{raw} has decimals; a whole number is needed")
    return number


def chapters() -> Iterable[tuple[int, str, str]]:
    """Number, Chinese and English title of each chapter, in order."""
    return ((number, *CHAPTERS[number]) for number in sorted(CHAPTERS))
