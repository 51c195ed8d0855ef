"""The seed of the working calendar for China, and dates from a table that somebody keeps.

The days come from the PyPI library `holidays`. For years with a notice of the State Council it knows the
holidays, the days off in exchange and the make-up working days (调休补班). 2027 has no published notice: the
library then only has the statutory days with their substitutes by rule and no make-up days, so the year is
marked provisional.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from importlib import import_module

from jiedan.core.faults import Fault
from jiedan.core.worktime import DEFAULT_DAY, DEFAULT_WEEK, BadCalendar, DayOverride, Window, WorkCalendar
from jiedan.core.worktime.reading import overlapping

SEED_YEARS = (2025, 2026, 2027)
NOT_ANNOUNCED = frozenset({2027})
"""Seeded years without a published notice of the State Council."""

_ONE_DAY = timedelta(days=1)
_EXCHANGED = re.compile(r"休息日（由 (\d{4}-\d\d-\d\d) 调休）")
_EVE = "农历除夕"


def seed_calendar() -> WorkCalendar:
    """Version 1 of the company's calendar: default week, 2025 to 2027."""
    return WorkCalendar(1, DEFAULT_WEEK, seed_days(), NOT_ANNOUNCED)


def seed_days(years: Iterable[int] = SEED_YEARS) -> dict[date, DayOverride]:
    """The dates of YEARS that differ from their weekday: days off with the holiday's name, make-up days.

    Weekends next to a holiday belong to it, as in the notices (1 to 8 October), so that a company that works
    on Saturdays gets them right too.
    """
    # Loaded only here: the library takes 22 MB, and the web process reads tables but never seeds.
    holidays = import_module("holidays")
    known: dict[date, str] = {
        day: name
        for year in years
        for day, name in holidays.country_holidays("CN", years=year, language="zh_CN").items()
    }
    make_up = {
        date.fromisoformat(found[1]): day for day, name in known.items() if (found := _EXCHANGED.fullmatch(name))
    }
    days: dict[date, DayOverride] = {}
    names: dict[date, str] = {}
    for block in _blocks(known, make_up.keys()):
        title = "、".join(dict.fromkeys(filter(None, (_plain(known.get(day, "")) for day in block))))
        for day in block:
            names[day] = title
            days[day] = DayOverride((), _plain(known.get(day, "")) or title)
    for day, instead in make_up.items():
        days[day] = DayOverride(DEFAULT_DAY, f"{names[instead]}调休补班")
    return dict(sorted(days.items()))


def parse_calendar_csv(text: str) -> dict[date, DayOverride]:
    """Dates from a table: date, what holds (休, 班, 半天 or windows like 09:00-12:00), note.

    A first line without a date is taken for the heading, empty lines are skipped. Raises BadCalendar naming
    every wrong line and column with the reason and the remedy; then nothing of the table holds.
    """
    days: dict[date, DayOverride] = {}
    faults: list[Fault] = []
    seen: dict[date, int] = {}
    for line, cells in _rows(text, faults):
        day = _date(line, cells[0], faults)
        windows = _windows(line, cells[1] if len(cells) > 1 else "", faults)
        if any(cell.strip() for cell in cells[3:]):
            faults.append(_too_many(line, len(cells)))
        if day is None or windows is None:
            continue
        if day in seen:
            faults.append(_twice(line, day, seen[day]))
        seen[day] = line
        days[day] = DayOverride(windows, cells[2].strip() if len(cells) > 2 else "")
    if not faults and not days:
        faults.append(_empty())
    if faults:
        raise BadCalendar(faults)
    return days


_WORDS: dict[str, tuple[Window, ...]] = {
    "休": (),
    "休息": (),
    "放假": (),
    "班": DEFAULT_DAY,
    "上班": DEFAULT_DAY,
    "补班": DEFAULT_DAY,
    "半天": DEFAULT_DAY[:1],
    "上午": DEFAULT_DAY[:1],
    "下午": DEFAULT_DAY[1:],
}
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)


def _blocks(known: dict[date, str], make_up: Iterable[date]) -> Iterator[list[date]]:
    working = set(make_up)

    def off(day: date) -> bool:
        return day in known or (day.weekday() >= 5 and day not in working)

    done: set[date] = set()
    for day in sorted(known):
        if day in done:
            continue
        while off(day - _ONE_DAY):
            day -= _ONE_DAY
        block = []
        while off(day):
            block.append(day)
            day += _ONE_DAY
        done.update(block)
        yield block


def _plain(name: str) -> str:
    if _EXCHANGED.fullmatch(name):
        return ""
    return "春节" if name == _EVE else name.removesuffix("（补假）")


def _rows(text: str, faults: list[Fault]) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    heading = True
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if heading and not any(character.isdigit() for character in cells[0]):
                heading = False
                continue
            heading = False
            yield reader.line_num, cells
    except csv.Error as error:
        reason = ("这一行不是有效的 CSV", f"the line is no CSV ({error})")
        remedy = ("请检查引号是否成对", "check that quotation marks come in pairs")
        faults.append(_fault(reader.line_num, _DATE_COLUMN, "not_csv", reason, remedy))


def _date(line: int, cell: str, faults: list[Fault]) -> date | None:
    found = _DATE.fullmatch(cell.strip())
    try:
        if found:
            return date(*map(int, found.groups()))
    except ValueError:
        pass
    reason = (f"“{cell.strip()}”不是日期", f"“{cell.strip()}” is no date")
    remedy = ("请按 2026-10-01 的形式填写", "write it like 2026-10-01")
    faults.append(_fault(line, _DATE_COLUMN, "not_a_date", reason, remedy))
    return None


def _windows(line: int, cell: str, faults: list[Fault]) -> tuple[Window, ...] | None:
    word = cell.strip()
    if word in _WORDS:
        return _WORDS[word]
    try:
        windows = tuple(Window.parse(part) for part in _SEPARATOR.split(word))
    except ValueError:
        reason = (f"“{word}”不是休、班、半天或时间段", f"“{word}” is neither 休, 班, 半天 nor windows")
        faults.append(_fault(line, _HOURS_COLUMN, "not_windows", reason, _HOURS_REMEDY))
        return None
    if overlapping(windows):
        reason = (f"“{word}”中的时间段重叠或次序颠倒", f"the windows in “{word}” overlap or are out of order")
        faults.append(_fault(line, _HOURS_COLUMN, "overlapping_windows", reason, _HOURS_REMEDY))
        return None
    return windows


Texts = tuple[str, str]
_SEPARATOR = re.compile(r"[\s,;，；、]+")
_DATE_COLUMN: tuple[int, Texts] = (1, ("日期", "date"))
_HOURS_COLUMN: tuple[int, Texts] = (2, ("班次", "hours"))
_NOTE_COLUMN: tuple[int, Texts] = (3, ("说明", "note"))
_HOURS_REMEDY: Texts = (
    "请填写休、班、半天，或按先后顺序填写如 09:00-12:00 13:30-18:00 的时间段",
    "write 休, 班, 半天, or windows in order such as 09:00-12:00 13:30-18:00",
)


def _fault(line: int, column: tuple[int, Texts], code: str, reason: Texts, remedy: Texts) -> Fault:
    number, (zh, en) = column
    place = f"line {line}, column {number} ({en})"
    return Fault(place, code, *reason, *remedy, place_zh=f"第 {line} 行第 {number} 列（{zh}）")


def _twice(line: int, day: date, first: int) -> Fault:
    reason = (f"{day} 已在第 {first} 行出现", f"{day} already stands in line {first}")
    return _fault(line, _DATE_COLUMN, "twice", reason, ("每个日期只保留一行", "keep one line for each date"))


def _too_many(line: int, count: int) -> Fault:
    reason = (f"有 {count} 列，多于三列", f"there are {count} columns, more than three")
    remedy = ("请给含逗号的单元格加引号", "put cells that contain commas in quotation marks")
    return _fault(line, _NOTE_COLUMN, "too_many_columns", reason, remedy)


def _empty() -> Fault:
    reason = ("表中没有日期", "the table has no date")
    remedy = ("请按日期、班次、说明三列填写", "give the columns date, hours, note")
    return _fault(1, _DATE_COLUMN, "empty", reason, remedy)
