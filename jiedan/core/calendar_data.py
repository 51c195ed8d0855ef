"""The working calendar as data: its JSON form in the database, the seed for 2025–2027, and import from CSV."""

import csv
import io
from collections.abc import Mapping
from datetime import date
from typing import Any

import holidays

from jiedan.core.worktime import DayOverride, Window, WorkCalendar

DEFAULT_DAY = (Window(9 * 60, 12 * 60), Window(13 * 60 + 30, 18 * 60))
DEFAULT_WEEK: tuple[tuple[Window, ...], ...] = (DEFAULT_DAY,) * 5 + ((), ())
"""Monday to Friday 09:00–12:00 and 13:30–18:00."""

SEED_YEARS = (2025, 2026, 2027)
NOT_ANNOUNCED = frozenset({2027})
"""Years without a published notice of the State Council; their holidays are only the statutory dates."""

_WORDS = {"休": (), "休息": (), "放假": (), "班": DEFAULT_DAY, "上班": DEFAULT_DAY, "补班": DEFAULT_DAY, "半天": DEFAULT_DAY[:1]}


class BadCalendar(ValueError):
    """Calendar data that can't be used; the message names the place, the reason and the remedy."""


def seed() -> WorkCalendar:
    """Version 1 of the calendar: default week, Chinese public holidays and make-up working days."""
    days: dict[date, DayOverride] = {}
    for day, name in holidays.country_holidays("CN", years=SEED_YEARS, language="zh_CN").items():
        days[day] = DayOverride((), name)
    for year in SEED_YEARS:
        for day in _make_up_days(year):
            days[day] = DayOverride(DEFAULT_DAY, "调休补班")
    return WorkCalendar(1, DEFAULT_WEEK, days, NOT_ANNOUNCED)


def _make_up_days(year: int) -> list[date]:
    # The library marks make-up working days as weekend days that count as work.
    calendar = holidays.country_holidays("CN", years=year)
    weekend = (date.fromordinal(n) for n in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1))
    return [day for day in weekend if day.weekday() >= 5 and calendar.is_working_day(day)]


def to_json(calendar: WorkCalendar) -> dict[str, Any]:
    """The calendar as it stands in the database."""
    return {
        "version": calendar.version,
        "zone": calendar.zone,
        "week": [[str(window) for window in windows] for windows in calendar.week],
        "days": {
            day.isoformat(): {"windows": [str(window) for window in override.windows], "note": override.note}
            for day, override in sorted(calendar.days.items())
        },
        "provisional": sorted(calendar.provisional),
    }


def from_json(data: Mapping[str, Any]) -> WorkCalendar:
    """Read a calendar back. Raises BadCalendar."""
    try:
        days = {
            date.fromisoformat(day): DayOverride(_windows(override["windows"]), override["note"])
            for day, override in data["days"].items()
        }
        week = tuple(_windows(windows) for windows in data["week"])
        return WorkCalendar(data["version"], week, days, frozenset(data["provisional"]), data["zone"])
    except (KeyError, TypeError, AttributeError) as error:
        raise BadCalendar(f"calendar: field {error} is missing or of the wrong kind") from error
    except ValueError as error:
        raise BadCalendar(f"calendar: {error}") from error


def parse_window(text: str) -> Window:
    """A window such as 09:00-12:00. Raises BadCalendar."""
    start, separator, end = text.strip().replace("–", "-").partition("-")
    if not separator:
        raise BadCalendar(f"“{text}” is no time window; write it like 09:00-12:00")
    try:
        return Window(_minutes(start), _minutes(end))
    except ValueError as error:
        raise BadCalendar(f"“{text}” is no time window ({error}); write it like 09:00-12:00") from error


def parse_windows(text: str) -> tuple[Window, ...]:
    """What holds on a day: 休, 班, 半天, or windows separated by spaces or commas. Raises BadCalendar."""
    word = text.strip()
    if word in _WORDS:
        return _WORDS[word]
    windows = tuple(sorted(parse_window(part) for part in word.replace("，", " ").replace(",", " ").split()))
    if not windows:
        raise BadCalendar("nothing is said about the day; write 休, 班, 半天 or windows like 09:00-12:00")
    if any(later.start < earlier.end for earlier, later in zip(windows, windows[1:], strict=False)):
        raise BadCalendar(f"the windows in “{text}” overlap; separate them")
    return windows


def parse_csv(text: str) -> dict[date, DayOverride]:
    """Dates from a table with the columns date, what holds (休/班/半天/windows), note. Raises BadCalendar, naming the line."""
    found: dict[date, DayOverride] = {}
    for number, row in enumerate(csv.reader(io.StringIO(text.lstrip("\ufeff"))), start=1):
        if not row or not any(cell.strip() for cell in row) or (number == 1 and not row[0][:1].isdigit()):
            continue
        if len(row) < 2:
            raise BadCalendar(f"line {number}: two columns at least are needed: date and 休/班/半天/windows")
        try:
            day = date.fromisoformat(row[0].strip().replace("/", "-"))
        except ValueError as error:
            raise BadCalendar(f"line {number}, date: “{row[0]}” is no date; write it like 2026-10-01") from error
        if day in found:
            raise BadCalendar(f"line {number}, date: {day} stands here twice; keep one line")
        try:
            found[day] = DayOverride(parse_windows(row[1]), row[2].strip() if len(row) > 2 else "")
        except BadCalendar as error:
            raise BadCalendar(f"line {number}, day: {error}") from error
    if not found:
        raise BadCalendar("no line with a date was found; columns: date, 休/班/半天/windows, note")
    return found


def _windows(texts: list[str]) -> tuple[Window, ...]:
    return tuple(parse_window(text) for text in texts)


def _minutes(text: str) -> int:
    hours, _, minutes = text.strip().partition(":")
    if not (hours.isdigit() and minutes.isdigit()) or int(minutes) > 59:
        raise ValueError(f"“{text.strip()}” is no time of day")
    return int(hours) * 60 + int(minutes)
