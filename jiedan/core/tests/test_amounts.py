"""Working hours and working days are two types that never mix."""

from decimal import Decimal

import pytest

from jiedan.core.amounts import WorkDays, WorkHours


@pytest.mark.parametrize(
    ("hours", "minutes"), [("2", 120), ("0.5", 30), (Decimal("0.25"), 15), (3, 180), ("0", 0), ("1.10", 66)]
)
def test_hours_are_kept_to_the_minute(hours: Decimal | int | str, minutes: int) -> None:
    assert WorkHours.of(hours) == WorkHours(minutes)


@pytest.mark.parametrize("hours", ["0.001", "-1", "NaN", "Infinity", "two", ""])
def test_hours_that_are_no_whole_minutes_are_refused(hours: str) -> None:
    with pytest.raises(ValueError, match="working hours"):
        WorkHours.of(hours)


@pytest.mark.parametrize("minutes", [-1, 1.5, True, "60", None])
def test_only_whole_minutes_make_working_hours(minutes: object) -> None:
    with pytest.raises(ValueError, match="not a number of minutes"):
        WorkHours(minutes)  # type: ignore[arg-type]


@pytest.mark.parametrize("days", [-1, 0.5, False, "3"])
def test_only_whole_days_make_working_days(days: object) -> None:
    with pytest.raises(ValueError, match="not a number of days"):
        WorkDays(days)  # type: ignore[arg-type]


def test_minutes_are_told_in_hours_again() -> None:
    assert WorkHours(90).hours == Decimal("1.5")


def test_amounts_of_one_type_add_up() -> None:
    assert WorkHours(30) + WorkHours(90) == WorkHours(120)
    assert WorkDays(2) + WorkDays(3) == WorkDays(5)


def test_hours_and_days_are_never_added_compared_or_equal() -> None:
    with pytest.raises(TypeError):
        WorkHours(60) + WorkDays(1)  # type: ignore[operator]
    with pytest.raises(TypeError):
        WorkDays(1) + WorkHours(60)  # type: ignore[operator]
    with pytest.raises(TypeError):
        assert WorkHours(60) < WorkDays(1)  # type: ignore[operator]
    assert WorkHours(1) != WorkDays(1)
