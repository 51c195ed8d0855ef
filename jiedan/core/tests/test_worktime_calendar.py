"""The calendar itself: its windows, openings, JSON form, and what it refuses to be built from."""

import copy
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from jiedan.core.tests.moments import CHINA, PLAIN, at, local, with_days
from jiedan.core.worktime import (
    DEFAULT_DAY,
    DEFAULT_WEEK,
    BadCalendar,
    DayOverride,
    Window,
    WorkCalendar,
    WorkHours,
)


@pytest.mark.parametrize(("start", "end"), [(0, 0), (600, 540), (-1, 60), (0, 1441), (True, 60), (1.5, 60)])
def test_a_window_lies_within_the_day_and_ends_after_it_began(start: Any, end: Any) -> None:
    with pytest.raises(ValueError, match="both within the day"):
        Window(start, end)


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("09:00-12:00", Window(540, 720)),
        ("9:00 – 12:00", Window(540, 720)),
        ("13:30~18:00", Window(810, 1080)),
        ("22:00至24:00", Window(1320, 1440)),
        (" 00:00-24:00 ", Window(0, 1440)),
    ],
)
def test_windows_are_read_as_people_write_them(text: str, window: Window) -> None:
    assert Window.parse(text) == window


@pytest.mark.parametrize(
    "text", ["", "9-12", "09:00", "09:60-12:00", "12:00-09:00", "24:30-25:00", "09:00-12:00-13:00"]
)
def test_what_is_no_window_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="window"):
        Window.parse(text)


def test_a_date_that_differs_wins_over_its_weekday() -> None:
    assert CHINA.windows_on(date(2026, 9, 20)) == DEFAULT_DAY
    assert CHINA.windows_on(date(2026, 10, 1)) == ()
    assert CHINA.windows_on(date(2026, 9, 21)) == DEFAULT_DAY
    assert CHINA.windows_on(date(2026, 9, 19)) == ()


@pytest.mark.parametrize(
    ("moment", "is_open", "opening"),
    [
        ("2026-09-18 17:59", True, "2026-09-18 17:59"),
        ("2026-09-18 18:00", False, "2026-09-20 09:00"),
        ("2026-09-18 12:00", False, "2026-09-18 13:30"),
        ("2026-09-18 09:00", True, "2026-09-18 09:00"),
        ("2026-09-30 18:30", False, "2026-10-08 09:00"),
        ("2026-12-31 18:30", False, "2027-01-04 09:00"),
    ],
)
def test_openings_are_found_from_any_moment(moment: str, is_open: bool, opening: str) -> None:
    found = CHINA.next_opening(at(moment))
    assert CHINA.is_open(at(moment)) is is_open
    assert found is not None
    assert local(found) == opening


def test_the_json_form_is_readable_and_reads_back_equal() -> None:
    calendar = with_days(d2026_09_20=DayOverride(DEFAULT_DAY, "国庆节调休补班"))
    data = calendar.to_json()
    assert data == {
        "version": 1,
        "zone": "Asia/Shanghai",
        "week": [["09:00-12:00", "13:30-18:00"]] * 5 + [[], []],
        "days": {"2026-09-20": {"windows": ["09:00-12:00", "13:30-18:00"], "note": "国庆节调休补班"}},
        "provisional": [],
    }
    assert WorkCalendar.from_json(data) == calendar
    assert WorkCalendar.from_json(CHINA.to_json()) == CHINA
    assert hash(WorkCalendar.from_json(CHINA.to_json())) == hash(CHINA)


def test_a_calendar_is_not_changed_by_changing_what_it_was_made_from() -> None:
    days = {date(2026, 3, 3): DayOverride((), "停电")}
    calendar = WorkCalendar(1, DEFAULT_WEEK, days)
    days[date(2026, 3, 4)] = DayOverride(())
    assert calendar.windows_on(date(2026, 3, 4)) == DEFAULT_DAY
    assert copy.deepcopy(calendar) == calendar


def test_the_next_version_is_made_from_the_last_and_leaves_it_alone() -> None:
    start = at("2026-09-18 17:30")
    assert local(CHINA.add_hours(start, WorkHours(120))) == "2026-09-20 10:30"
    later = replace(CHINA, version=2, days={**CHINA.days, date(2026, 9, 20): DayOverride(())})
    assert local(later.add_hours(start, WorkHours(120))) == "2026-09-21 10:30"
    assert local(CHINA.add_hours(start, WorkHours(120))) == "2026-09-20 10:30"


def _data(**changes: Any) -> dict[str, Any]:
    return {**PLAIN.to_json(), **changes}


WRONG = [
    (_data(version=0), "version", "not_a_version"),
    (_data(version="1"), "version", "not_a_version"),
    (_data(version=True), "version", "not_a_version"),
    (_data(zone="Asia/Peking"), "zone", "unknown_zone"),
    (_data(zone="../../etc/passwd"), "zone", "unknown_zone"),
    (_data(zone=8), "zone", "not_text"),
    (_data(week=[[]] * 6), "week", "not_seven_days"),
    (_data(week="daily"), "week", "not_a_list"),
    (_data(week=[["9 to 5"], *[[]] * 6]), "week[0][0]", "not_a_window"),
    (_data(week=[[540], *[[]] * 6]), "week[0][0]", "not_a_window"),
    (_data(week=[["09:00-12:00", "11:00-13:00"], *[[]] * 6]), "week[0]", "overlapping_windows"),
    (_data(week=[["13:00-14:00", "09:00-12:00"], *[[]] * 6]), "week[0]", "overlapping_windows"),
    (_data(week=[None, *[[]] * 6]), "week[0]", "not_a_list"),
    (_data(days=[]), "days", "not_an_object"),
    (_data(days={"1.10.": {"windows": []}}), "days[1.10.]", "not_a_date"),
    (_data(days={"2026-02-30": {"windows": []}}), "days[2026-02-30]", "not_a_date"),
    (_data(days={"2026-10-01": []}), "days[2026-10-01]", "missing"),
    (_data(days={"2026-10-01": {"note": "国庆节"}}), "days[2026-10-01]", "missing"),
    (_data(days={"2026-10-01": {"windows": "off"}}), "days[2026-10-01].windows", "not_a_list"),
    (_data(days={"2026-10-01": {"windows": ["x"]}}), "days[2026-10-01].windows[0]", "not_a_window"),
    (_data(days={"2026-10-01": {"windows": [], "note": 1}}), "days[2026-10-01].note", "not_text"),
    (_data(provisional=2027), "provisional", "not_a_list"),
    (_data(provisional=["2027"]), "provisional[0]", "not_a_year"),
    (_data(provisional=[20270]), "provisional[0]", "not_a_year"),
    ([], "calendar", "not_an_object"),
    (None, "calendar", "not_an_object"),
]


@pytest.mark.parametrize(("data", "field", "code"), WRONG)
def test_a_wrong_field_is_named_with_its_reason_and_remedy(data: object, field: str, code: str) -> None:
    with pytest.raises(BadCalendar) as refused:
        WorkCalendar.from_json(data)
    fault = refused.value.faults[0]
    assert (fault.field, fault.code) == (field, code)
    assert all((fault.reason_zh, fault.reason_en, fault.remedy_zh, fault.remedy_en))
    assert len(refused.value.faults) == 1


@pytest.mark.parametrize("field", ["version", "zone", "week", "days", "provisional"])
def test_a_missing_field_is_named(field: str) -> None:
    data = PLAIN.to_json()
    del data[field]
    with pytest.raises(BadCalendar, match=f"{field}: the field is missing"):
        WorkCalendar.from_json(data)


def test_all_wrong_fields_are_named_at_once() -> None:
    with pytest.raises(BadCalendar) as refused:
        WorkCalendar.from_json(_data(version=0, week=[], days={"x": {}}))
    assert [fault.field for fault in refused.value.faults] == ["version", "week", "days[x]"]
    assert refused.value.sentences("zh-hans")[0] == "version：0 不是版本号；请填写大于等于 1 的整数"


def test_overlapping_windows_are_refused_however_the_calendar_is_built() -> None:
    with pytest.raises(BadCalendar, match=r"days\[2026-03-03\]: windows overlap"):
        with_days(d2026_03_03=DayOverride((Window(540, 720), Window(700, 800))))
    with pytest.raises(BadCalendar, match="seven days are needed, 6 were given"):
        WorkCalendar(1, DEFAULT_WEEK[:6])


def test_windows_may_touch() -> None:
    calendar = with_days(d2026_03_03=DayOverride((Window(540, 720), Window(720, 800))))
    assert calendar.elapsed(at("2026-03-03 00:00"), at("2026-03-04 00:00")) == WorkHours(260)
