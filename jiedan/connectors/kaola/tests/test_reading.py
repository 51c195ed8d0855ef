"""Nothing that stood on the platform all along is missed while its rows move between two requests."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jiedan.connectors.kaola.problems import KaolaRestless
from jiedan.connectors.kaola.reading import read_window
from jiedan.connectors.kaola.windows import Window
from tests.cast import FRIDAY

DAY = (FRIDAY - timedelta(hours=24), FRIDAY)
Change = Callable[["Listed"], None]


class Listed:
    """A platform's list, in an order of its own, that `change` moves before every answer."""

    def __init__(self, count: int, change: Change = lambda _listed: None, spread: int = 86_400) -> None:
        step = spread / max(count, 1)
        self.rows = [self._row(f"old{number}", timedelta(seconds=int(number * step))) for number in range(count)]
        self.change = change
        self.asked: list[tuple[Window, int]] = []
        self.fresh = 0

    def search(self, window: Window, page: int, size: int) -> tuple[int, list[Any]]:
        self.change(self)
        self.asked.append((window, page))
        rows = [row for row in self.rows if window[0] <= row["at"] <= window[1]]
        return len(rows), rows[(page - 1) * size : page * size]

    def add(self, place: int, at: timedelta) -> None:
        self.fresh += 1
        self.rows.insert(place, self._row(f"new{self.fresh}", at))

    @staticmethod
    def _row(name: str, at: timedelta) -> dict[str, Any]:
        return {"order_id": name, "at": DAY[0] + at}


def ids(listed: Listed, size: int = 10, window: tuple[datetime, datetime] = DAY) -> list[str]:
    return [row["order_id"] for page in read_window(listed.search, window, "order_id", size) for row in page]


def test_one_page_is_one_question() -> None:
    listed = Listed(10)
    assert len(ids(listed)) == 10
    assert listed.asked == [(DAY, 1)]


def test_an_empty_window_is_one_empty_page() -> None:
    assert list(read_window(Listed(0).search, DAY, "order_id")) == [[]]


def test_several_pages_are_read_from_the_last_to_the_first() -> None:
    listed = Listed(35)
    assert sorted(ids(listed)) == sorted(row["order_id"] for row in listed.rows)
    assert [page for _window, page in listed.asked] == [1, 4, 3, 2, 1]


def leaving_and_coming(dice: random.Random) -> Change:
    """Between two answers rows are added, leave, or change places; never as many added as leave in one moment."""

    def change(listed: Listed) -> None:
        kind = dice.choice(("add", "leave", "move", "still"))
        for _ in range(dice.randint(1, 4)):
            place = dice.randrange(len(listed.rows) + 1)
            if kind == "add" and listed.fresh < 60:
                listed.add(place, timedelta(seconds=dice.randrange(86_400)))
            elif kind == "leave" and any(row["order_id"].startswith("gone") for row in listed.rows):
                listed.rows.remove(next(row for row in listed.rows if row["order_id"].startswith("gone")))
            elif kind == "move" and listed.rows:
                listed.rows.insert(place, listed.rows.pop(dice.randrange(len(listed.rows))))

    return change


def busy(count: int, leaving: int, seed: int) -> Listed:
    dice = random.Random(seed)
    listed = Listed(count, leaving_and_coming(dice))
    for number in range(leaving):
        at = timedelta(seconds=dice.randrange(86_400))
        listed.rows.insert(dice.randrange(len(listed.rows) + 1), Listed._row(f"gone{number}", at))
    return listed


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 120), st.integers(0, 40), st.integers(0, 2**32), st.integers(1, 30))
def test_nothing_that_was_there_all_along_is_missed(count: int, leaving: int, seed: int, size: int) -> None:
    listed = busy(count, leaving, seed)
    assert {f"old{number}" for number in range(count)} <= set(ids(listed, size))


def plain_backwards(listed: Listed, size: int) -> set[str]:
    """The positive control: last page first, without looking whether rows moved."""
    total, _first = listed.search(DAY, 1, size)
    pages = [listed.search(DAY, page, size)[1] for page in range(-(-total // size), 0, -1)]
    return {row["order_id"] for page in pages for row in page}


def test_reading_without_looking_whether_rows_moved_would_miss_some() -> None:
    missed = [
        seed for seed in range(50) if not {f"old{n}" for n in range(60)} <= plain_backwards(busy(60, 20, seed), 10)
    ]
    assert len(missed) > 10


def test_a_row_added_in_the_moment_another_leaves_is_met_by_the_next_run() -> None:
    def change(listed: Listed) -> None:
        if len(listed.asked) == 3:
            listed.rows = [row for row in listed.rows if row["order_id"] != "gone"]
            listed.add(15, timedelta(hours=1))

    listed = Listed(30, change)
    listed.rows.insert(25, Listed._row("gone", timedelta(hours=2)))
    expected = {f"old{number}" for number in range(30)}
    first = set(ids(listed))
    assert expected - first == {"old19"}
    listed.change = lambda _listed: None
    assert expected <= first | set(ids(listed))


def test_a_second_that_never_stands_still_is_an_error_and_everything_seen_is_handed_on() -> None:
    def change(listed: Listed) -> None:
        listed.add(0, timedelta(seconds=1))

    listed = Listed(30, change, spread=2)
    seen: set[str] = set()
    pages = read_window(listed.search, (DAY[0], DAY[0] + timedelta(seconds=2)), "order_id", 10)

    def read() -> None:
        for page in pages:
            seen.update(row["order_id"] for row in page)

    with pytest.raises(KaolaRestless, match="doesn't stand still") as told:
        read()
    assert "不断变动" in told.value.sentence("zh-hans")
    assert {f"old{number}" for number in range(30)} <= seen


def test_rows_without_a_number_are_handed_on_like_any_other() -> None:
    listed = Listed(25)
    for row in listed.rows[3:6]:
        row["order_id"] = None
    assert sum(found is None for found in ids(listed)) == 3
