"""Writing moments and calendars shortly in tests: all local times are Shanghai unless a zone is named."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from jiedan.core.holidays_cn import seed_calendar
from jiedan.core.worktime import DEFAULT_WEEK, DayOverride, Pause, WorkCalendar

SHANGHAI = "Asia/Shanghai"
PLAIN = WorkCalendar(1, DEFAULT_WEEK)
"""Monday to Friday 09:00–12:00 and 13:30–18:00, no holidays."""

CHINA = seed_calendar()
"""The seed: holidays and make-up working days of 2025 to 2027."""


def at(text: str, zone: str = SHANGHAI) -> datetime:
    """A moment such as "2026-09-18 17:30"."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def local(moment: datetime, zone: str = SHANGHAI) -> str:
    """A moment as the wall clock shows it."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def pause(start: str, end: str | None) -> Pause:
    """A pause between two Shanghai times."""
    return Pause(at(start), None if end is None else at(end))


def with_days(**days: DayOverride) -> WorkCalendar:
    """The plain week with some dates that differ, as d2026_10_01=DayOverride(…)."""
    found = {date(*map(int, key[1:].split("_"))): override for key, override in days.items()}
    return WorkCalendar(1, DEFAULT_WEEK, found)
