"""Adding working days: the day of the start isn't counted, the last one ends with business."""

import pytest

from jiedan.core.tests.moments import CHINA, PLAIN, at, local, pause, with_days
from jiedan.core.worktime import DayOverride, NeverOpens, StillPaused, Window, WorkCalendar, WorkDays, WorkHours


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        # Monday before, during and after hours: the day of the start never counts (Civil Code art. 201)
        ("2026-03-02 08:00", 3, "2026-03-05 18:00"),
        ("2026-03-02 10:00", 3, "2026-03-05 18:00"),
        ("2026-03-02 20:00", 3, "2026-03-05 18:00"),
        # at the weekend Monday is day 1
        ("2026-03-07 10:00", 3, "2026-03-11 18:00"),
        ("2026-03-08 23:59", 1, "2026-03-09 18:00"),
        # across a weekend
        ("2026-03-06 10:00", 1, "2026-03-09 18:00"),
        ("2026-03-02 10:00", 10, "2026-03-16 18:00"),
    ],
)
def test_working_days_end_with_the_business_of_the_last_one(start: str, days: int, due: str) -> None:
    assert local(PLAIN.add_days(at(start), WorkDays(days))) == due


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-09-18 10:00", 1, "2026-09-20 18:00"),
        ("2026-09-18 10:00", 2, "2026-09-21 18:00"),
        ("2026-09-30 10:00", 1, "2026-10-08 18:00"),
        ("2026-09-30 10:00", 3, "2026-10-10 18:00"),
        ("2026-12-30 10:00", 3, "2027-01-05 18:00"),
        ("2025-12-31 10:00", 250, "2027-01-05 18:00"),
    ],
)
def test_holidays_are_skipped_and_make_up_days_counted(start: str, days: int, due: str) -> None:
    assert local(CHINA.add_days(at(start), WorkDays(days))) == due


def test_a_half_day_is_a_working_day_that_ends_early() -> None:
    calendar = with_days(d2026_03_03=DayOverride((Window(540, 720),), "半天"))
    assert local(calendar.add_days(at("2026-03-02 10:00"), WorkDays(1))) == "2026-03-03 12:00"


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-03-02 10:00", "2026-03-02 18:00"),
        ("2026-03-02 18:00", "2026-03-02 18:00"),
        ("2026-03-02 18:01", "2026-03-03 18:00"),
        ("2026-03-07 10:00", "2026-03-09 18:00"),
        ("2026-12-31 19:00", "2027-01-01 18:00"),
    ],
)
def test_no_days_at_all_are_due_at_the_next_closing_never_in_the_past(start: str, due: str) -> None:
    assert local(PLAIN.add_days(at(start), WorkDays(0))) == due


@pytest.mark.parametrize(
    ("pauses", "due"),
    [
        # within a day nothing moves; each covered closing moves the due moment by one day
        ([("2026-03-03 10:00", "2026-03-03 17:00")], "2026-03-05 18:00"),
        ([("2026-03-03 15:00", "2026-03-04 10:00")], "2026-03-06 18:00"),
        ([("2026-03-03 15:00", "2026-03-05 10:00")], "2026-03-09 18:00"),
        ([("2026-03-07 10:00", "2026-03-08 10:00")], "2026-03-05 18:00"),
        # paused over and over, the closing is covered once
        ([("2026-03-03 15:00", "2026-03-04 10:00"), ("2026-03-03 16:00", "2026-03-04 09:00")], "2026-03-06 18:00"),
        # a pause that begins at the closing leaves that day counted, one that ends there doesn't
        ([("2026-03-03 18:00", "2026-03-04 09:00")], "2026-03-05 18:00"),
        ([("2026-03-03 09:00", "2026-03-03 18:00")], "2026-03-06 18:00"),
        # resumed long after: never due before it was resumed
        ([("2026-03-05 17:00", "2026-04-01 11:00")], "2026-04-01 18:00"),
    ],
)
def test_a_day_counts_when_the_clock_runs_at_its_closing(pauses: list[tuple[str, str]], due: str) -> None:
    spans = [pause(*span) for span in pauses]
    assert local(PLAIN.add_days(at("2026-03-02 10:00"), WorkDays(3), spans)) == due


def test_a_clock_that_still_stands_is_not_due_in_days_either() -> None:
    with pytest.raises(StillPaused):
        PLAIN.add_days(at("2026-03-02 09:00"), WorkDays(3), [pause("2026-03-02 10:00", None)])


def test_hours_are_not_taken_for_days() -> None:
    with pytest.raises(TypeError, match="working days, not WorkHours"):
        PLAIN.add_days(at("2026-03-02 09:00"), WorkHours(60))  # type: ignore[arg-type]


@pytest.mark.parametrize("days", [0, 1, 4000])
def test_days_are_searched_for_ten_years_at_most(days: int) -> None:
    with pytest.raises(NeverOpens):
        WorkCalendar(1, ((),) * 7).add_days(at("2026-03-02 09:00"), WorkDays(days))


def test_more_days_than_ten_years_hold_are_refused() -> None:
    with pytest.raises(NeverOpens):
        PLAIN.add_days(at("2026-03-02 09:00"), WorkDays(3000))


def test_the_closing_of_a_date_is_the_end_of_its_last_window() -> None:
    monday, saturday = at("2026-03-02 00:00").date(), at("2026-03-07 00:00").date()
    closing = PLAIN.closing(monday)
    assert closing == at("2026-03-02 18:00")
    assert PLAIN.closing(saturday) is None
