"""Counting backwards: when to warn before a deadline."""

import pytest

from jiedan.core.tests.moments import CHINA, PLAIN, at, local, pause
from jiedan.core.worktime import NeverOpens, WorkCalendar, WorkHours


@pytest.mark.parametrize(
    ("due", "hours", "warning"),
    [
        ("2026-03-02 11:00", "0.5", "2026-03-02 10:30"),
        ("2026-03-02 09:15", "0.5", "2026-02-27 17:45"),
        ("2026-03-02 09:30", "0.5", "2026-03-02 09:00"),
        ("2026-03-02 14:00", "1", "2026-03-02 11:30"),
        ("2026-03-02 18:00", "7.5", "2026-03-02 09:00"),
        ("2026-03-02 20:00", "0.5", "2026-03-02 17:30"),
        ("2026-03-07 12:00", "0.5", "2026-03-06 17:30"),
        ("2026-03-02 11:00", "0", "2026-03-02 11:00"),
        ("2026-03-02 12:30", "0", "2026-03-02 12:30"),
        ("2026-01-02 09:30", "1", "2026-01-01 17:30"),
    ],
)
def test_a_warning_comes_that_much_working_time_before(due: str, hours: str, warning: str) -> None:
    assert local(PLAIN.subtract_hours(at(due), WorkHours.of(hours))) == warning


def test_a_warning_before_a_make_up_sunday_comes_on_that_sunday_or_the_friday() -> None:
    assert local(CHINA.subtract_hours(at("2026-09-20 10:30"), WorkHours.of("0.5"))) == "2026-09-20 10:00"
    assert local(CHINA.subtract_hours(at("2026-09-20 09:10"), WorkHours.of("0.5"))) == "2026-09-18 17:40"


def test_a_warning_never_comes_before_the_clock_was_started() -> None:
    started = at("2026-03-02 10:45")
    assert PLAIN.subtract_hours(at("2026-03-02 11:00"), WorkHours.of(2), started) == started


def test_a_start_after_the_end_warns_at_the_end() -> None:
    end = at("2026-03-02 11:00")
    assert PLAIN.subtract_hours(end, WorkHours(30), at("2026-03-02 12:00")) == end


@pytest.mark.parametrize(
    ("due", "hours", "span", "warning"),
    [
        ("2026-03-02 12:00", "1.5", ("2026-03-02 10:00", "2026-03-02 11:00"), "2026-03-02 09:30"),
        ("2026-03-02 12:00", "1", ("2026-03-02 10:00", "2026-03-02 11:00"), "2026-03-02 11:00"),
        ("2026-03-02 14:00", "1", ("2026-03-02 11:00", "2026-03-02 12:00"), "2026-03-02 10:30"),
        ("2026-03-02 11:00", "1.5", ("2026-03-01 10:00", "2026-03-02 10:00"), "2026-02-27 17:30"),
        ("2026-03-02 11:00", "0.5", ("2026-03-02 10:45", "2026-03-02 11:30"), "2026-03-02 10:15"),
        ("2026-03-02 11:00", "0.5", ("2026-03-02 11:30", "2026-03-02 12:00"), "2026-03-02 10:30"),
        ("2026-03-02 11:00", "0", ("2026-03-02 10:00", "2026-03-02 12:00"), "2026-03-02 11:00"),
    ],
)
def test_pauses_are_left_out_backwards_too(due: str, hours: str, span: tuple[str, str], warning: str) -> None:
    assert local(PLAIN.subtract_hours(at(due), WorkHours.of(hours), pauses=[pause(*span)])) == warning


def test_a_calendar_without_hours_has_no_moment_to_warn_at_but_the_start() -> None:
    closed = WorkCalendar(1, ((),) * 7)
    with pytest.raises(NeverOpens, match="years before"):
        closed.subtract_hours(at("2026-03-02 09:00"), WorkHours(1))
    started = at("2026-02-02 09:00")
    assert closed.subtract_hours(at("2026-03-02 09:00"), WorkHours(1), started) == started
