"""Work for many stands aside while a page is being made, never for ever."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from jiedan.core import courtesy

FOREVER = 60.0
"""Seconds; longer than any test."""


@contextmanager
def _page_elsewhere() -> Iterator[Callable[[], None]]:
    """A page that another thread makes, until the yielded function is called."""
    begun, end = threading.Event(), threading.Event()

    def make() -> None:
        with courtesy.page():
            begun.set()
            end.wait(FOREVER)

    maker = threading.Thread(target=make)

    def finish() -> None:
        end.set()
        maker.join(FOREVER)

    maker.start()
    begun.wait(FOREVER)
    try:
        yield finish
    finally:
        finish()


def _started(work: Callable[[], object]) -> tuple[threading.Thread, threading.Event]:
    """WORK in a thread of its own, and whether it is done."""
    done = threading.Event()

    def run() -> None:
        work()
        done.set()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread, done


def _stand_aside() -> None:
    with courtesy.standing_aside():
        pass


@pytest.fixture
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page goes first, and work stands aside, for as long as a test can take."""
    monkeypatch.setattr(courtesy, "LONG", FOREVER)
    monkeypatch.setattr(courtesy, "ASIDE", FOREVER)


@pytest.mark.usefixtures("unlimited")
def test_work_for_many_waits_until_the_page_is_made() -> None:
    with _page_elsewhere() as finish:
        worker, done = _started(_stand_aside)
        assert not done.wait(0.05)
        finish()
        worker.join(FOREVER)
        assert done.is_set()


@pytest.mark.usefixtures("unlimited")
def test_with_two_pages_it_waits_for_both() -> None:
    with _page_elsewhere() as first, _page_elsewhere() as second:
        worker, done = _started(_stand_aside)
        first()
        assert not done.wait(0.05)
        second()
        worker.join(FOREVER)
        assert done.is_set()


@pytest.mark.usefixtures("unlimited")
def test_who_holds_something_waits_before_but_not_within() -> None:
    inside, go_on = threading.Event(), threading.Event()

    def store() -> None:
        with courtesy.standing_aside(throughout=False):
            inside.set()
            go_on.wait(FOREVER)
            courtesy.give_way()

    with _page_elsewhere() as finish:
        worker, done = _started(store)
        assert not inside.wait(0.05)
        finish()
        inside.wait(FOREVER)
        with _page_elsewhere():
            go_on.set()
            worker.join(FOREVER)
            assert done.is_set()


@pytest.mark.usefixtures("unlimited")
def test_what_works_for_one_never_waits() -> None:
    with _page_elsewhere():
        courtesy.give_way()


@pytest.mark.usefixtures("unlimited")
def test_a_request_that_turns_out_to_be_work_for_many_does_not_wait_for_itself() -> None:
    with courtesy.page():
        _stand_aside()


@pytest.mark.usefixtures("unlimited")
def test_a_request_that_is_work_for_many_keeps_nobody_waiting() -> None:
    inside, end = threading.Event(), threading.Event()

    def carry_many() -> None:
        with courtesy.page(), courtesy.standing_aside():
            inside.set()
            end.wait(FOREVER)

    carrier, _done = _started(carry_many)
    inside.wait(FOREVER)
    _stand_aside()
    end.set()
    carrier.join(FOREVER)


def test_a_batch_stands_aside_only_so_long_altogether(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courtesy, "LONG", FOREVER)
    monkeypatch.setattr(courtesy, "ASIDE", 0.02)
    with _page_elsewhere():
        worker, done = _started(lambda: _many_times(1000))
        worker.join(10)
        assert done.is_set()


def test_a_long_page_is_waited_for_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courtesy, "LONG", 0.02)
    monkeypatch.setattr(courtesy, "ASIDE", FOREVER)
    with _page_elsewhere():
        worker, done = _started(_stand_aside)
        worker.join(10)
        assert done.is_set()


def test_each_gives_all_of_them_in_their_order() -> None:
    with courtesy.standing_aside():
        assert list(courtesy.each("接单了")) == ["接", "单", "了"]


def _many_times(count: int) -> None:
    with courtesy.standing_aside():
        for _ in courtesy.each(range(count)):
            pass
