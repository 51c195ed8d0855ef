"""What is free, against a walk through every minute, and with the figures that people read."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import ceil
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiedan.core.availability import (
    FreeHours,
    FreePieces,
    Need,
    Outage,
    Period,
    Take,
    free_hours,
    free_pieces,
    free_stock,
)
from jiedan.core.worktime import DEFAULT_WEEK, DayOverride, Window, WorkCalendar

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 9, 14)
CALENDAR = WorkCalendar(1, DEFAULT_WEEK)


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


def test_three_people_have_what_is_left_after_the_orders_with_what_each_of_them_takes() -> None:
    period = Period(CALENDAR, at(MONDAY), date(2026, 9, 15))
    needs = [Need("JD1", 8 * 60, MONDAY), Need("JD2", 30 * 60, date(2026, 9, 18)), Need("JD3", 60)]
    found = free_hours(period, 3, needs)
    # Two days of 7.5 h; JD2 is spread over five days, so two fifths of it fall into them.
    assert (found.people, found.each, found.total) == (3, 900, 2700)
    assert found.takes == (Take("JD2", 720), Take("JD1", 480), Take("JD3", 60))
    assert (found.needed, found.free) == (1260, 1440)


def test_an_order_whose_day_is_over_or_open_is_taken_off_whole_and_rounding_is_up() -> None:
    period = Period(CALENDAR, at(MONDAY), MONDAY)
    assert period.share(Need("JD1", 50, MONDAY - timedelta(days=3))) == 50
    assert period.share(Need("JD1", 50)) == 50
    assert period.share(Need("JD1", 1, date(2026, 9, 18))) == 1


def test_a_period_of_days_off_has_no_hours_and_may_be_short() -> None:
    saturday = date(2026, 9, 19)
    period = Period(CALENDAR, at(saturday), saturday + timedelta(days=1))
    assert free_hours(period, 4, [Need("JD1", 30)]) == FreeHours(4, 0, (Take("JD1", 30),))
    assert free_hours(period, 4, [Need("JD1", 30)]).free == -30
    assert free_hours(period, 4, [Need("JD1", 30, saturday + timedelta(days=2))]).free == 0
    assert free_pieces(period, [[], []], [Need("JD1", 30)]).free == 0


def test_pieces_are_counted_on_the_worst_day_and_kept_busy_by_the_hours_of_orders() -> None:
    period = Period(CALENDAR, at(MONDAY), date(2026, 9, 18))
    wednesday = date(2026, 9, 16)
    pieces = [[], [Outage(wednesday, wednesday)], [Outage(date(2026, 9, 1), MONDAY)], [Outage(date(2026, 9, 19))]]
    found = free_pieces(period, pieces, [Need("JD1", 5 * 450 + 1, date(2026, 9, 18))])
    assert (found.pieces, found.usable, found.minutes, found.busy, found.free) == (4, 3, 2250, 2, 1)
    assert free_pieces(period, [], [Need("JD1", 1)]).free == -1
    assert free_pieces(period, pieces, []) == FreePieces(4, 3, 2250, ())


def test_stock_is_what_is_on_hand_without_what_orders_take() -> None:
    found = free_stock(10, [Need("JD1", 2), Need("JD2", 9, MONDAY)])
    assert (found.takes, found.needed, found.free) == ((Take("JD2", 9), Take("JD1", 2)), 11, -1)


def walked(calendar: WorkCalendar, start: datetime, until: date) -> list[datetime]:
    """Every working minute from START to the end of the day UNTIL."""
    moment, found = start, []
    while moment.astimezone(ZONE).date() <= until:
        local = moment.astimezone(ZONE)
        minute = local.hour * 60 + local.minute
        if any(window.start <= minute < window.end for window in calendar.windows_on(local.date())):
            found.append(moment)
        moment += timedelta(minutes=1)
    return found


def oracle(calendar: WorkCalendar, start: datetime, until: date, needs: list[Need]) -> dict[str, int]:
    """What each order takes: its minutes are laid on every working minute until its day, and those in the period added."""
    inside = set(walked(calendar, start, until))
    found: dict[str, int] = {}
    for need in needs:
        minutes = [] if need.by is None else walked(calendar, start, need.by)
        each = Fraction(need.amount, len(minutes)) if minutes else Fraction(0)
        whole = need.by is None or need.by <= until or not minutes
        part = Fraction(need.amount) if whole else sum((each for minute in minutes if minute in inside), Fraction(0))
        found[need.order] = ceil(part)
    return found


windows = st.sampled_from([(), (Window(540, 720),), (Window(540, 600), Window(810, 1080)), (Window(0, 1440),)])
calendars = st.builds(
    lambda week, special: WorkCalendar(
        1, tuple(week), {MONDAY + timedelta(days=n): DayOverride(w) for n, w in special}
    ),
    st.lists(windows, min_size=7, max_size=7),
    st.lists(st.tuples(st.integers(0, 9), windows), max_size=3, unique_by=lambda pair: pair[0]),
)
needs_of = st.lists(st.tuples(st.integers(1, 5000), st.none() | st.integers(-2, 9)), max_size=4).map(
    lambda rows: [
        Need(f"JD{n}", amount, None if by is None else MONDAY + timedelta(days=by))
        for n, (amount, by) in enumerate(rows)
    ]
)


@settings(max_examples=60, deadline=None)
@given(calendars, st.integers(0, 2879), st.integers(0, 6), st.integers(0, 5), needs_of)
def test_hours_agree_with_a_walk_through_every_minute(
    calendar: WorkCalendar, minute: int, days: int, people: int, needs: list[Need]
) -> None:
    start = at(MONDAY, 0) + timedelta(minutes=minute)
    until = start.astimezone(ZONE).date() + timedelta(days=days)
    found = free_hours(Period(calendar, start.astimezone(UTC), until), people, needs)
    takes = oracle(calendar, start, until, needs)
    assert {take.order: take.amount for take in found.takes} == {name: n for name, n in takes.items() if n}
    assert found.free == people * len(walked(calendar, start, until)) - sum(takes.values())


outages = st.lists(
    st.lists(st.builds(Outage, st.integers(-3, 9).map(lambda n: MONDAY + timedelta(days=n)), st.none()), max_size=1)
    | st.lists(
        st.tuples(st.integers(-3, 9), st.integers(0, 4)).map(
            lambda pair: Outage(MONDAY + timedelta(days=pair[0]), MONDAY + timedelta(days=sum(pair)))
        ),
        max_size=3,
    ),
    max_size=4,
)


@settings(max_examples=100, deadline=None)
@given(calendars, st.integers(0, 8), outages)
def test_pieces_agree_with_a_look_at_every_working_day(
    calendar: WorkCalendar, days: int, pieces: list[list[Outage]]
) -> None:
    found = free_pieces(Period(calendar, at(MONDAY, 0), MONDAY + timedelta(days=days)), pieces, [])
    working = [day for n in range(days + 1) if calendar.windows_on(day := MONDAY + timedelta(days=n))] or [MONDAY]
    broken = [
        {day for day in working for one in piece if one.since <= day <= (one.until or date.max)} for piece in pieces
    ]
    assert found.usable == min(sum(day not in out for out in broken) for day in working)


@settings(max_examples=60, deadline=None)
@given(calendars, needs_of, st.integers(0, 8))
def test_a_longer_period_never_takes_less_of_an_order(calendar: WorkCalendar, needs: list[Need], days: int) -> None:
    shorter, longer = (Period(calendar, at(MONDAY), MONDAY + timedelta(days=n)) for n in (days, days + 1))
    assert all(shorter.share(need) <= longer.share(need) <= need.amount for need in needs)


@pytest.mark.parametrize("days", [400, 4000])
def test_a_day_far_ahead_costs_no_more_than_a_year(days: int) -> None:
    found = free_pieces(Period(CALENDAR, at(MONDAY), MONDAY + timedelta(days=days)), [[Outage(MONDAY, MONDAY)]], [])
    assert found.usable == 0
