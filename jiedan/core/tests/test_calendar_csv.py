"""Dates imported from a table: what is understood, and how a wrong line is told."""

from datetime import date

import pytest

from jiedan.core.holidays_cn import parse_calendar_csv
from jiedan.core.worktime import DEFAULT_DAY, BadCalendar, DayOverride, Window

TABLE = """日期,班次,说明
2026-10-01,休,国庆节
2026/9/20,班,国庆节调休补班

2026年3月8日,半天,妇女节
2026-12-31,"09:00-12:00, 13:00-16:00",提前下班
2026.5.4,下午,青年节
2026-06-01,10:00-12:00 14:00-15:30
"""


def test_a_table_is_read_as_people_write_it() -> None:
    assert parse_calendar_csv(TABLE) == {
        date(2026, 10, 1): DayOverride((), "国庆节"),
        date(2026, 9, 20): DayOverride(DEFAULT_DAY, "国庆节调休补班"),
        date(2026, 3, 8): DayOverride((Window(540, 720),), "妇女节"),
        date(2026, 12, 31): DayOverride((Window(540, 720), Window(780, 960)), "提前下班"),
        date(2026, 5, 4): DayOverride((Window(810, 1080),), "青年节"),
        date(2026, 6, 1): DayOverride((Window(600, 720), Window(840, 930)), ""),
    }


def test_a_table_saved_by_excel_is_read_too() -> None:
    assert parse_calendar_csv("\ufeff2026-10-01,休,国庆节\r\n") == {date(2026, 10, 1): DayOverride((), "国庆节")}
    assert parse_calendar_csv("2026-10-01,休,国庆节,,\n") == {date(2026, 10, 1): DayOverride((), "国庆节")}


@pytest.mark.parametrize(
    ("line", "place", "code"),
    [
        ("1 Oct,休", "line 2, column 1 (date)", "not_a_date"),
        ("2026-02-30,休", "line 2, column 1 (date)", "not_a_date"),
        ("国庆,休", "line 2, column 1 (date)", "not_a_date"),
        ("2026-10-02", "line 2, column 2 (hours)", "not_windows"),
        ("2026-10-02,", "line 2, column 2 (hours)", "not_windows"),
        ("2026-10-02,上班吗", "line 2, column 2 (hours)", "not_windows"),
        ("2026-10-02,9-17", "line 2, column 2 (hours)", "not_windows"),
        ("2026-10-02,12:00-09:00", "line 2, column 2 (hours)", "not_windows"),
        ("2026-10-02,09:00-12:00 11:00-13:00", "line 2, column 2 (hours)", "overlapping_windows"),
        ("2026-10-02,13:00-14:00 09:00-12:00", "line 2, column 2 (hours)", "overlapping_windows"),
        ("2026-10-01,班", "line 2, column 1 (date)", "twice"),
        ("2026-10-02,休,a,b", "line 2, column 3 (note)", "too_many_columns"),
        ('2026-10-02,休,"a', "line 2, column 1 (date)", "not_csv"),
    ],
)
def test_a_wrong_line_is_named_with_column_reason_and_remedy(line: str, place: str, code: str) -> None:
    with pytest.raises(BadCalendar) as refused:
        parse_calendar_csv(f"2026-10-01,休,国庆节\n{line}\n")
    (fault,) = refused.value.faults
    assert (fault.field, fault.code) == (place, code)
    assert fault.remedy_zh
    assert fault.remedy_en


def test_all_wrong_lines_are_told_at_once_in_the_readers_language() -> None:
    with pytest.raises(BadCalendar) as refused:
        parse_calendar_csv("date,hours\nx1,休\n2026-10-01,maybe\n")
    assert refused.value.sentences("zh-hans") == [
        "第 2 行第 1 列（日期）：“x1”不是日期；请按 2026-10-01 的形式填写",
        "第 3 行第 2 列（班次）：“maybe”不是休、班、半天或时间段；请填写休、班、半天，"
        "或按先后顺序填写如 09:00-12:00 13:30-18:00 的时间段",
    ]
    assert refused.value.sentences("en")[0] == "line 2, column 1 (date): “x1” is no date; write it like 2026-10-01"


@pytest.mark.parametrize("text", ["", "\n\n", "日期,班次,说明\n", "\ufeff"])
def test_a_table_without_dates_is_refused(text: str) -> None:
    with pytest.raises(BadCalendar, match="the table has no date"):
        parse_calendar_csv(text)


def test_a_double_date_names_the_line_where_it_stood_first() -> None:
    with pytest.raises(BadCalendar, match="2026-10-01 already stands in line 1"):
        parse_calendar_csv("2026-10-01,休\n2026-10-02,休\n2026-10-01,休\n")
