"""Daylight saving: windows are wall-clock time, what is counted is real time."""

from datetime import date, timedelta

import pytest

from jiedan.core.tests.moments import at, local
from jiedan.core.worktime import DEFAULT_WEEK, Window, WorkCalendar, WorkDays, WorkHours

BERLIN = "Europe/Berlin"
NIGHT = WorkCalendar(1, ((Window(60, 240),),) * 7, zone=BERLIN)
"""Every day 01:00–04:00; clocks go forward 2026-03-29 02:00 and back 2026-10-25 03:00."""

OFFICE = WorkCalendar(1, DEFAULT_WEEK, zone=BERLIN)


def test_a_night_that_loses_an_hour_counts_two() -> None:
    assert NIGHT.elapsed(at("2026-03-29 00:00", BERLIN), at("2026-03-29 12:00", BERLIN)) == WorkHours.of(2)
    assert local(NIGHT.add_hours(at("2026-03-29 00:00", BERLIN), WorkHours.of(2)), BERLIN) == "2026-03-29 04:00"


def test_a_night_that_gains_an_hour_counts_four() -> None:
    assert NIGHT.elapsed(at("2026-10-25 00:00", BERLIN), at("2026-10-25 12:00", BERLIN)) == WorkHours.of(4)
    assert local(NIGHT.add_hours(at("2026-10-25 00:00", BERLIN), WorkHours.of(4)), BERLIN) == "2026-10-25 04:00"


def test_a_window_in_the_skipped_hour_doesnt_happen() -> None:
    calendar = WorkCalendar(1, ((Window(135, 165),),) * 7, zone=BERLIN)
    assert calendar.elapsed(at("2026-03-29 00:00", BERLIN), at("2026-03-30 00:00", BERLIN)) == WorkHours(0)
    assert calendar.closing(date(2026, 3, 29)) is None
    assert local(calendar.add_days(at("2026-03-28 12:00", BERLIN), WorkDays(1)), BERLIN) == "2026-03-30 02:45"


def test_a_window_in_the_repeated_hour_happens_twice() -> None:
    calendar = WorkCalendar(1, ((Window(135, 165),),) * 7, zone=BERLIN)
    start = at("2026-10-25 00:00", BERLIN)
    assert calendar.elapsed(start, at("2026-10-26 00:00", BERLIN)) == WorkHours(60)
    assert calendar.add_hours(start, WorkHours(45)) - start == timedelta(hours=3, minutes=30)


def test_office_hours_follow_the_wall_clock_over_the_change() -> None:
    due = OFFICE.add_hours(at("2026-03-27 17:30", BERLIN), WorkHours.of(2))
    assert local(due, BERLIN) == "2026-03-30 10:30"
    assert due - at("2026-03-27 17:30", BERLIN) == timedelta(days=2, hours=16)


@pytest.mark.parametrize("zone", ["Asia/Beirut", "America/Havana", "Australia/Lord_Howe", "Africa/Casablanca", "UTC"])
def test_a_year_without_closing_hours_is_as_long_as_the_year(zone: str) -> None:
    always = WorkCalendar(1, ((Window(0, 1440),),) * 7, zone=zone)
    start, end = at("2025-01-01 00:00", "UTC"), at("2026-01-01 00:00", "UTC")
    assert always.elapsed_time(start, end) == end - start
    assert always.add_hours(start, WorkHours.of(365 * 24)) == end


def test_new_year_belongs_to_the_local_year() -> None:
    # 2027-01-01 05:00 in Shanghai is still 2026 in UTC.
    always = WorkCalendar(1, ((Window(0, 1440),),) * 7)
    start = at("2026-12-31 20:00")
    assert local(always.add_hours(start, WorkHours.of(9))) == "2027-01-01 05:00"
    assert always.elapsed(at("2027-01-01 01:00"), at("2027-01-01 05:00")) == WorkHours.of(4)
    assert local(always.add_days(at("2027-01-01 05:00"), WorkDays(1))) == "2027-01-03 00:00"


def test_shanghai_had_daylight_saving_in_1986_and_counts_it() -> None:
    always = WorkCalendar(1, ((Window(0, 1440),),) * 7)
    day = always.elapsed(at("1986-05-04 00:00"), at("1986-05-05 00:00"))
    assert day == WorkHours.of(23)
