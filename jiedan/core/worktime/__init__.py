"""Working time by the company's calendar: windows, dates that differ, pauses, hours and days apart."""

from jiedan.core.amounts import WorkDays, WorkHours
from jiedan.core.worktime.calendar import FIRST_YEAR, LAST_YEAR, SEARCH_YEARS, WorkCalendar
from jiedan.core.worktime.parts import (
    BadCalendar,
    DayOverride,
    NaiveMoment,
    NeverOpens,
    OutsideCalendar,
    Pause,
    Slice,
    StillPaused,
    Window,
    WorktimeError,
)

DEFAULT_DAY: tuple[Window, ...] = (Window(9 * 60, 12 * 60), Window(13 * 60 + 30, 18 * 60))
DEFAULT_WEEK: tuple[tuple[Window, ...], ...] = (DEFAULT_DAY,) * 5 + ((), ())
"""Monday to Friday 09:00–12:00 and 13:30–18:00."""

__all__ = [
    "DEFAULT_DAY",
    "DEFAULT_WEEK",
    "FIRST_YEAR",
    "LAST_YEAR",
    "SEARCH_YEARS",
    "BadCalendar",
    "DayOverride",
    "NaiveMoment",
    "NeverOpens",
    "OutsideCalendar",
    "Pause",
    "Slice",
    "StillPaused",
    "Window",
    "WorkCalendar",
    "WorkDays",
    "WorkHours",
    "WorktimeError",
]
