"""Windows of at most a day, read so that nothing is missed while rows move."""

import random
from datetime import timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jiedan.connectors.kaola.windows import LAG, LONGEST, OVERLAP, read_pages, windows
from tests.cast import FRIDAY


def test_a_new_shop_begins_two_days_ago_and_no_window_is_longer_than_a_day() -> None:
    found, mark = windows(None, FRIDAY)
    assert found[0][0] == FRIDAY - LAG - OVERLAP
    assert mark == FRIDAY - LAG
    assert all(end - start <= LONGEST for start, end in found)
    assert all(first[1] == second[0] for first, second in pairwise(found))


def test_a_later_run_begins_well_before_the_last_ones_end() -> None:
    found, _mark = windows(FRIDAY - timedelta(minutes=5), FRIDAY)
    assert found[0][0] == FRIDAY - timedelta(minutes=5) - OVERLAP


@given(st.integers(0, 400), st.integers(0, 2**32), st.integers(1, 60))
def test_nothing_that_was_there_all_along_is_missed_while_new_rows_push_it_on(count: int, seed: int, size: int) -> None:
    dice = random.Random(seed)
    rows = [f"old{number}" for number in range(count)]
    fresh = 0

    def search(page: int, page_size: int) -> tuple[int, list[Any]]:
        nonlocal fresh
        if dice.random() < 0.5 and fresh < 2 * size:
            rows.insert(0, f"new{fresh}")
            fresh += 1
        return len(rows), rows[(page - 1) * page_size : page * page_size]

    seen = {row for page in read_pages(search, size) for row in page}
    assert {f"old{number}" for number in range(count)} <= seen


def test_reading_first_to_last_would_miss_rows_when_some_leave() -> None:
    # The positive control: rows that leave the window move the rest to earlier pages, past a reader going forward.
    rows = [f"row{number}" for number in range(100)]
    forward: set[str] = set()
    for page in range(1, 6):
        forward |= set(rows[(page - 1) * 20 : page * 20])
        rows.pop(0)
    assert len(forward) < 100
