"""Which version of the company's values and calendar is in force, and each version by its number.

Versions never change once written, so a version that was read is kept in memory; which one is in force is asked of
the database each time.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from django.db import connection

from jiedan.core import clock
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
    return _asked(now)[1]


def present() -> tuple[datetime, Rules]:
    """The database's own time and the rules in force then: one query.

    Asked after the subject is locked, so that of two steps on it the later one never carries the earlier time, and a
    version put in force while waiting counts.
    """
    return _asked(clock.now() if clock.is_set() else None)


def _asked(now: datetime | None) -> tuple[datetime, Rules]:
    # Plain SQL: composing these two sub-selects cost more than all else a step does before its own body.
    moment = _NOW[connection.vendor] if now is None else "%s"
    given = [] if now is None else [connection.ops.adapt_datetimefield_value(now)]
    with connection.cursor() as sql:
        sql.execute(_IN_FORCE.format(moment=moment), given)
        found, procedure, calendar = sql.fetchone()
    return now or _aware(found), by_numbers(procedure, calendar)


_NOW = {"postgresql": "clock_timestamp()", "sqlite": "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')"}
NUMBERS = (
    "SELECT number FROM kernel_procedureversion WHERE effective_from <= {moment} ORDER BY number DESC LIMIT 1",
    "SELECT max(number) FROM kernel_calendarversion",
)
"""How the numbers of the values and of the calendar in force at a moment are asked for."""
_IN_FORCE = (
    "WITH moment AS (SELECT {moment} AS at) "  # noqa: S608 - put together from constants
    f"SELECT moment.at, ({NUMBERS[0].format(moment='moment.at')}), ({NUMBERS[1]}) FROM moment"
)


def _aware(found: datetime | str) -> datetime:
    moment = datetime.fromisoformat(found) if isinstance(found, str) else found
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


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


def forget() -> None:
    """Drop what was kept in memory: tests start each with their own versions."""
    values.cache_clear()
    calendar_version.cache_clear()
