"""Windows of at most a day that cover everything since well before the last run."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiedan.connectors.kaola.windows import LAG, LONGEST, OVERLAP, SHARED, halves, windows
from tests.cast import FRIDAY


def test_a_new_shop_begins_two_days_ago_and_no_window_is_longer_than_a_day() -> None:
    found, mark = windows(None, FRIDAY)
    assert (found[0][0], found[-1][1], mark) == (FRIDAY - LAG - OVERLAP, FRIDAY - LAG, FRIDAY - LAG)
    assert [end - start <= LONGEST for start, end in found] == [True] * len(found)


def test_a_new_shop_can_look_further_back() -> None:
    found, _mark = windows(None, FRIDAY, first_look=timedelta(days=7))
    assert found[0][0] == FRIDAY - LAG - timedelta(days=7)


def test_a_later_run_begins_well_before_the_last_ones_end() -> None:
    found, _mark = windows(FRIDAY - timedelta(minutes=5), FRIDAY)
    assert found[0][0] == FRIDAY - timedelta(minutes=5) - OVERLAP


def test_after_a_week_of_silence_the_whole_week_is_asked_for() -> None:
    found, _mark = windows(FRIDAY - timedelta(days=7), FRIDAY)
    assert (found[0][0], len(found)) == (FRIDAY - timedelta(days=9), 9)


def test_a_clock_that_was_set_back_still_asks_for_the_last_two_days() -> None:
    found, mark = windows(FRIDAY + timedelta(days=30), FRIDAY)
    assert (found[0][0], mark) == (FRIDAY - LAG - OVERLAP, FRIDAY - LAG)


MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(FRIDAY.tzinfo))  # noqa: DTZ001


@given(st.none() | MOMENTS, MOMENTS)
def test_every_second_lies_in_a_window_whichever_ends_count(mark: datetime | None, now: datetime) -> None:
    if mark is not None and mark < now - timedelta(days=40):
        mark = now - timedelta(days=40)
    found, until = windows(mark, now)
    assert found[-1][1] == until
    for first, second in pairwise(found):
        assert first[1] - second[0] == SHARED
    for start, end in found:
        assert start.microsecond == end.microsecond == 0
        assert timedelta(0) < end - start <= LONGEST


@pytest.mark.parametrize("seconds", [4, 5, 86_400])
def test_halves_are_shorter_and_share_a_second(seconds: int) -> None:
    window = (FRIDAY, FRIDAY + timedelta(seconds=seconds))
    first, second = halves(window) or (window, window)
    assert (first[0], second[1], first[1] - second[0]) == (window[0], window[1], SHARED)
    assert max(first[1] - first[0], second[1] - second[0]) < window[1] - window[0]


def test_seconds_are_not_split() -> None:
    assert halves((FRIDAY, FRIDAY + timedelta(seconds=3))) is None
