"""The seed against the notices of the State Council for 2025 and 2026, and 2027 as provisional."""

from datetime import date, timedelta

import pytest

from jiedan.core.holidays_cn import NOT_ANNOUNCED, SEED_YEARS, seed_calendar, seed_days
from jiedan.core.worktime import DEFAULT_DAY

# 国办发明电: each holiday from its first to its last day, and the working weekend days for it.
NOTICES = {
    2025: [
        ("元旦", "01-01", "01-01", []),
        ("春节", "01-28", "02-04", ["01-26", "02-08"]),
        ("清明节", "04-04", "04-06", []),
        ("劳动节", "05-01", "05-05", ["04-27"]),
        ("端午节", "05-31", "06-02", []),
        ("国庆节、中秋节", "10-01", "10-08", ["09-28", "10-11"]),
    ],
    2026: [
        ("元旦", "01-01", "01-03", ["01-04"]),
        ("春节", "02-15", "02-23", ["02-14", "02-28"]),
        ("清明节", "04-04", "04-06", []),
        ("劳动节", "05-01", "05-05", ["05-09"]),
        ("端午节", "06-19", "06-21", []),
        ("中秋节", "09-25", "09-27", []),
        ("国庆节", "10-01", "10-07", ["09-20", "10-10"]),
    ],
}


def _days_off(year: int) -> set[date]:
    found = set()
    for _, first, last, _ in NOTICES[year]:
        day = date.fromisoformat(f"{year}-{first}")
        while day <= date.fromisoformat(f"{year}-{last}"):
            found.add(day)
            day += timedelta(days=1)
    return found


@pytest.mark.parametrize("year", [2025, 2026])
def test_exactly_the_days_of_the_notice_are_off(year: int) -> None:
    off = {day for day, override in seed_days([year]).items() if not override.windows}
    assert off == _days_off(year)


@pytest.mark.parametrize("year", [2025, 2026])
def test_exactly_the_make_up_days_of_the_notice_are_worked_and_say_for_what(year: int) -> None:
    worked = {day: override for day, override in seed_days([year]).items() if override.windows}
    announced = {
        date.fromisoformat(f"{year}-{day}"): f"{name}调休补班" for name, _, _, days in NOTICES[year] for day in days
    }
    assert {day: override.note for day, override in worked.items()} == announced
    assert all(override.windows == DEFAULT_DAY for override in worked.values())


def test_2026_09_20_is_a_working_sunday_before_the_national_holiday() -> None:
    override = seed_days()[date(2026, 9, 20)]
    assert date(2026, 9, 20).weekday() == 6
    assert (override.windows, override.note) == (DEFAULT_DAY, "国庆节调休补班")


@pytest.mark.parametrize(
    ("day", "note"),
    [("2025-01-28", "春节"), ("2025-10-06", "中秋节"), ("2025-10-01", "国庆节"), ("2026-04-06", "清明节")],
)
def test_days_off_carry_the_holidays_name(day: str, note: str) -> None:
    assert seed_days()[date.fromisoformat(day)].note == note


def test_2027_has_the_statutory_days_only_and_is_provisional() -> None:
    days = {day: override for day, override in seed_days().items() if day.year == 2027}
    assert days[date(2027, 2, 6)].note == "春节"
    assert days[date(2027, 10, 1)].windows == ()
    assert not any(override.windows for override in days.values())
    assert seed_calendar().provisional == NOT_ANNOUNCED == {2027}


def test_the_seed_is_version_one_in_shanghai_for_three_years() -> None:
    calendar = seed_calendar()
    assert (calendar.version, calendar.zone) == (1, "Asia/Shanghai")
    assert {day.year for day in calendar.days} == set(SEED_YEARS) == {2025, 2026, 2027}
    assert list(calendar.days) == sorted(calendar.days)
