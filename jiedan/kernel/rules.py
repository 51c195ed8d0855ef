"""Which version of the company's values and calendar is in force, and each version by its number.

Versions never change once written, so a version that was read is kept in memory; which one is in force is asked of
the database each time.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db.models import QuerySet, Subquery

from jiedan.core.procedure import ProcedureVersion as Values
from jiedan.core.worktime import WorkCalendar
from jiedan.kernel.models import CalendarVersion, ProcedureVersion


class NoRules(RuntimeError):
    """The company has no values or no calendar yet; `jiedan migrate` brings the first version of both."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The versions by which what begins now is judged."""

    procedure: Values
    calendar: WorkCalendar

    @property
    def versions(self) -> tuple[int, int]:
        """The numbers of both, as a record names them."""
        return self.procedure.number, self.calendar.version


def in_force(now: datetime) -> Rules:
    """The rules at NOW: one query."""
    versions = ProcedureVersion.objects.filter(effective_from__lte=now).order_by("-number")
    found = versions.annotate(latest_calendar=_latest_calendar()).values_list("number", "latest_calendar").first()
    return by_numbers(*(found or (None, None)))


def by_numbers(procedure: int | None, calendar: int | None) -> Rules:
    """The rules with these version numbers. Raises NoRules when there are none."""
    if procedure is None or calendar is None:
        raise NoRules("The company has no values or calendar yet: run `jiedan migrate`.")
    return Rules(values(procedure), calendar_version(calendar))


@lru_cache(maxsize=64)
def values(number: int) -> Values:
    """Version NUMBER of the company's values."""
    row = ProcedureVersion.objects.get(number=number)
    return Values.from_json(
        {
            "number": row.number,
            "effective_from": row.effective_from.isoformat(),
            "values": row.values,
            "reason": row.reason,
        }
    )


@lru_cache(maxsize=64)
def calendar_version(number: int) -> WorkCalendar:
    """Version NUMBER of the working calendar."""
    return WorkCalendar.from_json(CalendarVersion.objects.get(number=number).data)


def in_force_columns(now: object) -> dict[str, Subquery]:
    """Annotations that bring the numbers in force along with another query (see dispatch)."""
    procedures = ProcedureVersion.objects.filter(effective_from__lte=now).order_by("-number")
    return {"procedure_in_force": Subquery(procedures.values("number")[:1]), "calendar_in_force": _latest_calendar()}


def _latest_calendar() -> Subquery:
    latest: QuerySet[CalendarVersion] = CalendarVersion.objects.order_by("-number")
    return Subquery(latest.values("number")[:1])


def forget() -> None:
    """Drop what was kept in memory: tests start each with their own versions."""
    values.cache_clear()
    calendar_version.cache_clear()
