"""Reading a calendar from JSON, and what every calendar must satisfy: each wrong field is named."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple, NoReturn
from zoneinfo import ZoneInfo

from jiedan.core.faults import Fault
from jiedan.core.worktime.parts import BadCalendar, DayOverride, Window

_FIELDS = ("version", "zone", "week", "days", "provisional")


class CalendarParts(NamedTuple):
    """What a calendar is built from, in the order of its fields."""

    version: int
    week: tuple[tuple[Window, ...], ...]
    days: dict[date, DayOverride]
    provisional: frozenset[int]
    zone: str


def checked_zone(name: str) -> ZoneInfo:
    """The time zone of that name. Raises BadCalendar."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, TypeError, LookupError) as error:
        # ZoneInfoNotFoundError is a LookupError; odd names raise ValueError or OSError from the file system.
        raise BadCalendar(
            [
                _fault(
                    "zone",
                    "unknown_zone",
                    (f"没有时区“{name}”", f"there is no time zone “{name}”"),
                    ("请填写如 Asia/Shanghai 的时区名", "write a name such as Asia/Shanghai"),
                )
            ]
        ) from error


def check_windows(week: Sequence[tuple[Window, ...]], days: Mapping[date, DayOverride]) -> None:
    """Seven weekdays; windows in order without overlap. Raises BadCalendar."""
    faults = [] if len(week) == 7 else [_seven(len(week))]
    places = [(f"week[{index}]", windows) for index, windows in enumerate(week)]
    places += [(f"days[{day}]", override.windows) for day, override in days.items()]
    faults += [_overlap(place) for place, windows in places if overlapping(windows)]
    if faults:
        raise BadCalendar(faults)


def overlapping(windows: Sequence[Window]) -> bool:
    """Whether windows overlap or are out of order (touching is allowed)."""
    return any(later.start < earlier.end for earlier, later in pairwise(windows))


def read_calendar(data: object) -> CalendarParts:
    """What a calendar's JSON says. Raises BadCalendar naming every wrong field."""
    if not isinstance(data, Mapping):
        _refuse("calendar", "not_an_object", ("不是 JSON 对象", "it is no JSON object"), _SHAPE)
    missing = [name for name in _FIELDS if name not in data]
    if missing:
        raise BadCalendar(_fault(name, "missing", ("缺少该字段", "the field is missing"), _SHAPE) for name in missing)
    faults: list[Fault] = []
    parts = CalendarParts(
        _version(data["version"], faults),
        _week(data["week"], faults),
        _days(data["days"], faults),
        _years(data["provisional"], faults),
        _text("zone", data["zone"], faults),
    )
    if faults:
        raise BadCalendar(faults)
    return parts


Texts = tuple[str, str]
_SHAPE: Texts = (
    "日历须含 version、zone、week、days、provisional 五个字段",
    "a calendar has the fields version, zone, week, days, provisional",
)
_WINDOW_REMEDY: Texts = (
    "请按 09:00-12:00 的形式填写，结束晚于开始",
    "write it like 09:00-12:00, the end after the start",
)


def _fault(field: str, code: str, reason: Texts, remedy: Texts) -> Fault:
    return Fault(field, code, *reason, *remedy)


def _refuse(field: str, code: str, reason: Texts, remedy: Texts) -> NoReturn:
    raise BadCalendar([_fault(field, code, reason, remedy)])


def _seven(count: int) -> Fault:
    reason = (f"须有七天，现有 {count} 天", f"seven days are needed, {count} were given")
    return _fault("week", "not_seven_days", reason, ("请从周一到周日逐日填写", "give Monday to Sunday, one entry each"))


def _overlap(place: str) -> Fault:
    return _fault(
        place,
        "overlapping_windows",
        ("时间段重叠或次序颠倒", "windows overlap or are out of order"),
        ("请按先后顺序填写互不重叠的时间段", "give them in order, without overlap"),
    )


def _version(value: object, faults: list[Fault]) -> int:
    if type(value) is int and value >= 1:
        return value
    faults.append(
        _fault(
            "version",
            "not_a_version",
            (f"{value!r} 不是版本号", f"{value!r} is no version number"),
            ("请填写大于等于 1 的整数", "give a whole number of 1 or more"),
        )
    )
    return 0


def _text(field: str, value: object, faults: list[Fault]) -> str:
    if isinstance(value, str):
        return value
    faults.append(
        _fault(field, "not_text", (f"{value!r} 不是文本", f"{value!r} is no text"), ("请填写文本", "give a text"))
    )
    return ""


def _week(value: object, faults: list[Fault]) -> tuple[tuple[Window, ...], ...]:
    days = _list("week", value, faults)
    if isinstance(value, list) and len(days) != 7:
        faults.append(_seven(len(days)))
    return tuple(_windows(f"week[{index}]", windows, faults) for index, windows in enumerate(days))


def _days(value: object, faults: list[Fault]) -> dict[date, DayOverride]:
    if not isinstance(value, Mapping):
        faults.append(
            _fault(
                "days",
                "not_an_object",
                ("不是 JSON 对象", "it is no JSON object"),
                (
                    '请以日期为键，如 {"2026-10-01": {"windows": [], "note": "国庆节"}}',
                    'use dates as keys, e.g. {"2026-10-01": {"windows": [], "note": "National Day"}}',
                ),
            )
        )
        return {}
    return {day: override for key, entry in value.items() for day, override in _day(key, entry, faults)}


def _day(key: object, entry: object, faults: list[Fault]) -> Iterator[tuple[date, DayOverride]]:
    place = f"days[{key}]"
    try:
        day = date.fromisoformat(str(key))
    except ValueError:
        faults.append(
            _fault(
                place,
                "not_a_date",
                (f"“{key}”不是日期", f"“{key}” is no date"),
                ("请按 2026-10-01 的形式填写", "write it like 2026-10-01"),
            )
        )
        return
    if not isinstance(entry, Mapping) or "windows" not in entry:
        faults.append(
            _fault(
                place,
                "missing",
                ("缺少 windows", "windows are missing"),
                ("请填写时间段列表，休息日填空列表", "give a list of windows, an empty one for a day off"),
            )
        )
        return
    windows = _windows(f"{place}.windows", entry["windows"], faults)
    yield day, DayOverride(windows, _text(f"{place}.note", entry.get("note", ""), faults))


def _windows(place: str, value: object, faults: list[Fault]) -> tuple[Window, ...]:
    found: list[Window] = []
    for index, text in enumerate(_list(place, value, faults)):
        try:
            found.append(Window.parse(text if isinstance(text, str) else repr(text)))
        except ValueError:
            reason = (f"“{text}”不是有效的时间段", f"“{text}” is no window")
            faults.append(_fault(f"{place}[{index}]", "not_a_window", reason, _WINDOW_REMEDY))
    return tuple(found)


def _years(value: object, faults: list[Fault]) -> frozenset[int]:
    years = _list("provisional", value, faults)
    for index, year in enumerate(years):
        if type(year) is not int or not 1970 <= year <= 2199:
            faults.append(
                _fault(
                    f"provisional[{index}]",
                    "not_a_year",
                    (f"{year!r} 不是年份", f"{year!r} is no year"),
                    ("请填写 1970 到 2199 的整数", "give a whole number from 1970 to 2199"),
                )
            )
    return frozenset(year for year in years if isinstance(year, int))


def _list(place: str, value: object, faults: list[Fault]) -> list[object]:
    if isinstance(value, list | tuple):
        return list(value)
    faults.append(
        _fault(
            place,
            "not_a_list",
            (f"{value!r} 不是列表", f"{value!r} is no list"),
            ("请填写列表", "give a list"),
        )
    )
    return []
