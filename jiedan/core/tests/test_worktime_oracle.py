"""Working time against the minute-by-minute oracle, in a calendar with make-up days and in two with daylight saving."""

import random
from datetime import date, timedelta

import pytest

from jiedan.core.holidays_cn import seed_calendar
from jiedan.core.tests.oracle import MINUTE, Oracle, as_pauses, random_pauses
from jiedan.core.worktime import DEFAULT_WEEK, DayOverride, Window, WorkCalendar, WorkDays, WorkHours

DAYS = 420
NIGHTS = (Window(0, 195), Window(570, 720), Window(1320, 1440))


def _berlin() -> WorkCalendar:
    """Nights too, every day: both changes of clocks fall into working time."""
    return WorkCalendar(1, (NIGHTS,) * 7, {date(2026, 5, 1): DayOverride((), "Tag der Arbeit")}, zone="Europe/Berlin")


def _lord_howe() -> WorkCalendar:
    """Clocks move by half an hour, windows touch and are odd, and some dates differ both ways."""
    week = ((Window(90, 121), Window(121, 700)),) * 5 + ((Window(100, 130),), (Window(0, 1440),))
    days = {date(2026, 1, 1) + timedelta(days=7 * n): DayOverride(NIGHTS if n % 2 else ()) for n in range(60)}
    return WorkCalendar(1, week, days, zone="Australia/Lord_Howe")


@pytest.fixture(scope="module")
def opinions() -> list[tuple[WorkCalendar, Oracle]]:
    return [
        (calendar, Oracle(calendar, first, DAYS))
        for calendar, first in (
            (seed_calendar(), date(2026, 1, 10)),
            (_berlin(), date(2026, 3, 1)),
            (_lord_howe(), date(2025, 12, 1)),
        )
    ]


def _compare(rng: random.Random, calendar: WorkCalendar, oracle: Oracle) -> None:
    start = rng.randrange(0, 250 * 1440) * MINUTE + rng.choice((0, 0, rng.randrange(MINUTE)))
    spans = random_pauses(rng, start)
    pauses, begin = as_pauses(oracle, spans), oracle.moment(start)
    question = rng.randrange(4)
    minutes = rng.choice((rng.randrange(0, 60), rng.randrange(0, 600), rng.randrange(0, 9000)))
    if question == 0:
        found = oracle.at(calendar.add_hours(begin, WorkHours(minutes), pauses))
        if minutes:
            assert found == oracle.add_hours(start, minutes, spans), (begin, minutes, pauses)
        else:
            running = oracle.elapsed(start, found + 1, spans)
            assert oracle.elapsed(start, found, spans) == 0 < running, (begin, pauses)
    elif question == 1:
        days = rng.randrange(0, 25)
        found = oracle.at(calendar.add_days(begin, WorkDays(days), pauses))
        assert found == oracle.add_days(start, days, spans), (begin, days, pauses)
    else:
        end = start + rng.randrange(0, 30 * 1440) * rng.choice((MINUTE, 1_000_001))
        until = oracle.moment(end)
        if question == 2:
            found = calendar.elapsed_time(begin, until, pauses) // timedelta(microseconds=1)
            assert found == oracle.elapsed(start, end, spans), (begin, until, pauses)
        else:
            found = oracle.at(calendar.subtract_hours(until, WorkHours(minutes), begin, pauses))
            assert found == oracle.subtract_hours(end, minutes, spans, start), (until, minutes, pauses)


def test_twenty_thousand_random_cases_equal_the_minute_by_minute_oracle(
    opinions: list[tuple[WorkCalendar, Oracle]],
) -> None:
    rng = random.Random(20260918)
    for _ in range(6_667):
        for calendar, oracle in opinions:
            _compare(rng, calendar, oracle)


@pytest.mark.slow
def test_a_million_random_cases_equal_the_minute_by_minute_oracle(
    opinions: list[tuple[WorkCalendar, Oracle]],
) -> None:
    rng = random.Random(1_000_000)
    for _ in range(333_334):
        for calendar, oracle in opinions:
            _compare(rng, calendar, oracle)


def test_explanations_count_exactly_the_minutes_that_the_oracle_counts(
    opinions: list[tuple[WorkCalendar, Oracle]],
) -> None:
    rng = random.Random(7)
    for calendar, oracle in opinions * 40:
        start = rng.randrange(0, 250 * 1440) * MINUTE
        end = start + rng.randrange(1, 6 * 1440) * MINUTE
        spans = [(a // MINUTE * MINUTE, b // MINUTE * MINUTE) for a, b in random_pauses(rng, start)]
        slices = calendar.explain(oracle.moment(start), oracle.moment(end), as_pauses(oracle, spans))
        at = start
        for part in slices:
            assert oracle.at(part.start) == at
            at = oracle.at(part.end)
            assert part.day == part.start.date()
            for minute in range(oracle.at(part.start), at, MINUTE):
                paused = any(begin <= minute < finish for begin, finish in spans)
                kind = ("paused" if paused else "working") if oracle.is_open[minute // MINUTE] else "closed"
                assert part.kind == kind
            assert part.counted == (part.end - part.start if part.kind == "working" else timedelta())
        assert at == end


def test_the_oracle_notices_a_wrong_answer(opinions: list[tuple[WorkCalendar, Oracle]]) -> None:
    # Positive control: a calendar that forgets the make-up Sunday must be caught.
    calendar, oracle = opinions[0]
    forgetful = WorkCalendar(1, DEFAULT_WEEK, {day: o for day, o in calendar.days.items() if not o.windows})

    def compare_many(asked: WorkCalendar) -> None:
        rng = random.Random(1)
        for _ in range(2_000):
            _compare(rng, asked, oracle)

    compare_many(calendar)
    with pytest.raises(AssertionError):
        compare_many(forgetful)
