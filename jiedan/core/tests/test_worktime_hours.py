"""Adding working hours and measuring elapsed working time."""

from datetime import UTC, datetime, timedelta

import pytest

from jiedan.core.tests.moments import CHINA, PLAIN, at, local, pause, with_days
from jiedan.core.worktime import (
    DayOverride,
    NaiveMoment,
    NeverOpens,
    OutsideCalendar,
    Pause,
    StillPaused,
    Window,
    WorkCalendar,
    WorkDays,
    WorkHours,
)

HOURS = [
    # from Monday 2026-03-02, 09:00–12:00 and 13:30–18:00
    ("2026-03-02 09:00", "2", "2026-03-02 11:00"),
    ("2026-03-02 11:00", "1", "2026-03-02 12:00"),
    ("2026-03-02 11:00", "1.5", "2026-03-02 14:00"),
    ("2026-03-02 12:30", "1", "2026-03-02 14:30"),
    ("2026-03-02 07:00", "2", "2026-03-02 11:00"),
    ("2026-03-02 17:00", "1", "2026-03-02 18:00"),
    ("2026-03-02 17:30", "2", "2026-03-03 10:30"),
    ("2026-03-02 22:00", "2", "2026-03-03 11:00"),
    ("2026-03-06 17:30", "2", "2026-03-09 10:30"),
    ("2026-03-07 12:00", "0.25", "2026-03-09 09:15"),
    ("2026-03-02 09:00", "7.5", "2026-03-02 18:00"),
    ("2026-03-02 09:00", "37.5", "2026-03-06 18:00"),
    ("2026-03-02 09:00", "75.5", "2026-03-16 09:30"),
]


@pytest.mark.parametrize(("start", "hours", "due"), HOURS)
def test_only_working_time_counts(start: str, hours: str, due: str) -> None:
    assert local(PLAIN.add_hours(at(start), WorkHours.of(hours))) == due


@pytest.mark.parametrize(("start", "hours", "due"), HOURS)
def test_elapsed_at_the_due_moment_is_what_was_added(start: str, hours: str, due: str) -> None:
    assert PLAIN.elapsed(at(start), at(due)) == WorkHours.of(hours)


def test_friday_half_past_five_and_two_hours_is_due_on_the_make_up_sunday() -> None:
    due = CHINA.add_hours(at("2026-09-18 17:30"), WorkHours.of(2))
    assert due == at("2026-09-20 10:30")


def test_the_national_holiday_is_skipped() -> None:
    assert local(CHINA.add_hours(at("2026-09-30 17:00"), WorkHours.of(2))) == "2026-10-08 10:00"


def test_half_days_count_half() -> None:
    calendar = with_days(d2026_03_03=DayOverride((Window(540, 720),), "半天"))
    assert local(calendar.add_hours(at("2026-03-02 17:00"), WorkHours.of(5))) == "2026-03-04 10:00"


def test_seconds_are_carried_through_exactly() -> None:
    start = at("2026-03-02 17:59:30.000001")
    assert PLAIN.add_hours(start, WorkHours(1)) == at("2026-03-03 09:00:30.000001")
    assert PLAIN.elapsed_time(start, at("2026-03-03 09:00")) == timedelta(seconds=29, microseconds=999_999)


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-03-02 10:00", "2026-03-02 10:00"),
        ("2026-03-02 12:00", "2026-03-02 13:30"),
        ("2026-03-02 12:30", "2026-03-02 13:30"),
        ("2026-03-06 20:00", "2026-03-09 09:00"),
    ],
)
def test_no_hours_at_all_are_due_when_work_is_on_next(start: str, due: str) -> None:
    assert local(PLAIN.add_hours(at(start), WorkHours(0))) == due


def test_no_hours_at_all_are_not_due_during_a_pause() -> None:
    during = [pause("2026-03-02 09:30", "2026-03-02 12:15")]
    assert local(PLAIN.add_hours(at("2026-03-02 10:00"), WorkHours(0), during)) == "2026-03-02 13:30"


@pytest.mark.parametrize(
    ("pauses", "due"),
    [
        ([("2026-03-02 10:00", "2026-03-02 11:00")], "2026-03-02 12:00"),
        ([("2026-03-02 12:00", "2026-03-02 13:30")], "2026-03-02 11:00"),
        ([("2026-03-02 07:00", "2026-03-02 09:30")], "2026-03-02 11:30"),
        ([("2026-03-02 11:00", "2026-03-02 12:00")], "2026-03-02 11:00"),
        ([("2026-03-02 10:59", "2026-03-06 18:00")], "2026-03-09 09:01"),
        ([("2026-03-02 10:00", "2026-03-02 11:00"), ("2026-03-02 10:30", "2026-03-02 11:30")], "2026-03-02 14:00"),
        ([("2026-03-02 11:00", "2026-03-02 11:30"), ("2026-03-02 10:00", "2026-03-02 10:30")], "2026-03-02 12:00"),
        ([("2026-03-02 10:00", "2026-03-02 10:00")], "2026-03-02 11:00"),
        ([("2026-03-02 11:00", "2026-03-02 10:00")], "2026-03-02 11:00"),
    ],
)
def test_pauses_push_the_due_moment_by_the_working_time_they_cover(pauses: list[tuple[str, str]], due: str) -> None:
    spans = [pause(*span) for span in pauses]
    assert local(PLAIN.add_hours(at("2026-03-02 09:00"), WorkHours(120), spans)) == due


def test_elapsed_leaves_pauses_out_once() -> None:
    twice = [pause("2026-03-02 10:00", "2026-03-02 11:00")] * 2
    assert PLAIN.elapsed(at("2026-03-02 09:00"), at("2026-03-02 12:00"), twice) == WorkHours(120)


def test_elapsed_takes_an_open_pause_until_the_end() -> None:
    still = [pause("2026-03-02 10:00", None)]
    assert PLAIN.elapsed(at("2026-03-02 09:00"), at("2026-03-02 17:00"), still) == WorkHours(60)


def test_elapsed_is_nothing_when_the_end_comes_first() -> None:
    assert PLAIN.elapsed(at("2026-03-02 12:00"), at("2026-03-02 09:00")) == WorkHours(0)


def test_elapsed_spans_years() -> None:
    # 248 working days of 7.5 hours in 2025 and again in 2026, by the notices of the State Council.
    assert CHINA.elapsed(at("2026-01-01 00:00"), at("2027-01-01 00:00")) == WorkHours(248 * 450)
    assert CHINA.elapsed(at("2025-01-01 00:00"), at("2027-01-01 00:00")) == WorkHours(2 * 248 * 450)


def test_a_clock_that_still_stands_has_no_due_moment() -> None:
    with pytest.raises(StillPaused, match="2026-03-02T10:00"):
        PLAIN.add_hours(at("2026-03-02 09:00"), WorkHours(60), [pause("2026-03-02 10:00", None)])


@pytest.mark.parametrize("naive", [datetime(2026, 3, 2, 9), datetime(2026, 3, 2, 9, 30)])  # noqa: DTZ001
def test_a_moment_without_zone_is_refused(naive: datetime) -> None:
    for ask in (
        lambda: PLAIN.add_hours(naive, WorkHours(1)),
        lambda: PLAIN.add_days(naive, WorkDays(1)),
        lambda: PLAIN.elapsed(naive, at("2026-03-02 12:00")),
        lambda: PLAIN.subtract_hours(naive, WorkHours(1)),
        lambda: PLAIN.explain(naive, at("2026-03-02 12:00")),
        lambda: PLAIN.is_open(naive),
        lambda: PLAIN.add_hours(at("2026-03-02 09:00"), WorkHours(1), [Pause(naive, at("2026-03-02 12:00"))]),
    ):
        with pytest.raises(NaiveMoment, match="no time zone"):
            ask()


def test_days_are_not_taken_for_hours() -> None:
    with pytest.raises(TypeError, match="working hours, not WorkDays"):
        PLAIN.add_hours(at("2026-03-02 09:00"), WorkDays(1))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="working hours, not int"):
        PLAIN.subtract_hours(at("2026-03-02 09:00"), 1)  # type: ignore[arg-type]


def test_a_calendar_that_never_opens_says_so_instead_of_searching_for_ever() -> None:
    closed = WorkCalendar(3, ((),) * 7)
    for amount in (0, 1, 10_000):
        with pytest.raises(NeverOpens, match="calendar version 3"):
            closed.add_hours(at("2026-03-02 09:00"), WorkHours(amount))
    with pytest.raises(NeverOpens):
        closed.add_hours(at("2026-03-02 09:00"), WorkHours(1), [pause("2026-03-02 10:00", "2026-03-02 11:00")])
    assert closed.next_opening(at("2026-03-02 09:00")) is None
    assert closed.elapsed(at("2026-03-02 09:00"), at("2030-03-02 09:00")) == WorkHours(0)


def test_more_hours_than_ten_years_hold_are_refused() -> None:
    with pytest.raises(NeverOpens):
        PLAIN.add_hours(at("2026-03-02 09:00"), WorkHours.of(30_000))


@pytest.mark.parametrize("year", [1600, 1969, 2200, 9999])
def test_years_beyond_any_calendar_are_refused(year: int) -> None:
    with pytest.raises(OutsideCalendar, match=str(year)):
        PLAIN.add_hours(datetime(year, 6, 1, tzinfo=UTC), WorkHours(1))


def test_results_are_in_utc_whatever_zone_was_given() -> None:
    tokyo = PLAIN.add_hours(at("2026-03-02 10:00", "Asia/Tokyo"), WorkHours(60))
    assert tokyo.tzinfo is UTC
    assert local(tokyo) == "2026-03-02 10:00"
