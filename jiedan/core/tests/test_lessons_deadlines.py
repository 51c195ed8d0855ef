"""What users of comparable systems complain about, each as a test that it doesn't happen here."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiedan.core.deadlines import Clock, Effects, Status, Terms, apply, fold
from jiedan.core.tests.moments import CHINA, PLAIN, at, local, with_days
from jiedan.core.worktime import DEFAULT_DAY, DayOverride, WorkDays, WorkHours

ACCEPT = Terms("accept_order", "2.1.2", WorkHours.of(2), WorkHours.of("0.5"), procedure=1, calendar=1)
SALES, STORES = 7, 8


def _effects(seq: int, moment: datetime, department: int = SALES, **what: object) -> Effects:
    return Effects(seq, moment, department, **what)  # type: ignore[arg-type]


def _only(clocks: tuple[Clock, ...]) -> Clock:
    assert len(clocks) == 1
    return clocks[0]


def test_lunch_is_not_counted_as_late() -> None:
    assert local(PLAIN.add_hours(at("2026-03-02 11:30"), WorkHours.of(1))) == "2026-03-02 14:00"
    assert PLAIN.elapsed(at("2026-03-02 12:00"), at("2026-03-02 13:30")) == WorkHours(0)


def test_friday_evening_goes_on_on_the_make_up_sunday_not_on_monday() -> None:
    assert local(CHINA.add_hours(at("2026-09-18 17:30"), WorkHours.of(2))) == "2026-09-20 10:30"


def test_a_date_can_be_opened_and_another_closed_against_its_weekday() -> None:
    calendar = with_days(d2026_09_20=DayOverride(DEFAULT_DAY, "国庆节调休补班"), d2026_09_18=DayOverride((), "停电"))
    assert local(calendar.add_days(at("2026-09-17 10:00"), WorkDays(1))) == "2026-09-20 18:00"


def test_a_running_clock_keeps_the_terms_it_was_started_with_until_it_is_re_based() -> None:
    started = _effects(1, at("2026-03-02 09:00"), starts=(ACCEPT,))
    clock = _only(fold([started]))
    assert (clock.terms.procedure, clock.terms.calendar) == (1, 1)
    rebased = _only(apply((clock,), _effects(2, at("2026-03-02 10:00"), rebase=(2, 3))))
    assert (rebased.terms.procedure, rebased.terms.calendar) == (1, 3)
    assert rebased.started_at == clock.started_at


def test_an_edited_calendar_doesnt_move_what_the_old_version_says() -> None:
    due = CHINA.add_hours(at("2026-09-18 17:30"), WorkHours.of(2))
    edited = with_days(d2026_09_20=DayOverride((), "取消补班"))
    assert edited.add_hours(at("2026-09-18 17:30"), WorkHours.of(2)) != due
    assert CHINA.add_hours(at("2026-09-18 17:30"), WorkHours.of(2)) == due


def test_pausing_twice_is_counted_once_and_in_working_time_not_on_the_wall() -> None:
    history = [
        _effects(1, at("2026-03-06 17:00"), starts=(ACCEPT,)),
        _effects(2, at("2026-03-06 17:30"), pauses=frozenset({"accept_order"})),
        _effects(3, at("2026-03-06 17:45"), pauses=frozenset({"*"})),
        _effects(4, at("2026-03-09 09:30"), resumes=frozenset({"accept_order"})),
        _effects(5, at("2026-03-09 09:45"), resumes=frozenset({"accept_order"})),
    ]
    clock = _only(fold(history))
    assert clock.due_at(PLAIN) == at("2026-03-09 11:00")
    assert PLAIN.elapsed(clock.started_at, at("2026-03-09 11:00"), clock.past_pauses) == WorkHours.of(2)


STEPS = ("pauses", "resumes", "stops", "voids", "warned", "overdue")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 600)), max_size=12), st.integers(0, 12))
def test_recomputing_everything_equals_going_on_record_by_record(steps: list[tuple[str, int]], cut: int) -> None:
    moment = at("2026-03-02 09:00")
    history = [_effects(1, moment, starts=(ACCEPT,))]
    for number, (name, minutes) in enumerate(steps, start=2):
        moment += timedelta(minutes=minutes)
        history.append(_effects(number, moment, **{name: frozenset({"accept_order"})}))
    clocks = fold(history[:cut])
    for effects in history[cut:]:
        clocks = apply(clocks, effects)
    assert clocks == fold(history)
    assert [clock.due_at(CHINA) for clock in clocks] == [clock.due_at(CHINA) for clock in fold(history)]


def test_a_paused_clock_has_no_due_moment_and_can_not_be_warned_of() -> None:
    history = [
        _effects(1, at("2026-03-02 09:00"), starts=(ACCEPT,)),
        _effects(2, at("2026-03-02 09:30"), pauses=frozenset({"*"})),
    ]
    clock = _only(fold(history))
    due = clock.due_at(PLAIN)
    assert due is None
    assert clock.warn_at(PLAIN, due) is None
    assert clock.status(due) is Status.PAUSED


@pytest.mark.parametrize(
    ("started", "warned"), [("2026-03-06 17:15", "2026-03-09 09:45"), ("2026-03-06 16:15", "2026-03-06 17:45")]
)
def test_the_warning_goes_back_through_the_same_calendar(started: str, warned: str) -> None:
    clock = _only(fold([_effects(1, at(started), starts=(ACCEPT,))]))
    due = clock.due_at(PLAIN)
    found = clock.warn_at(PLAIN, due)
    assert due is not None
    assert found is not None
    assert local(found) == warned
    assert PLAIN.elapsed(found, due) == WorkHours(30)


def test_one_day_is_one_day_and_not_twenty_four_business_hours() -> None:
    start = at("2026-03-02 10:00")
    assert local(PLAIN.add_days(start, WorkDays(1))) == "2026-03-03 18:00"
    assert local(PLAIN.add_hours(start, WorkHours.of(24))) == "2026-03-05 11:30"
    with pytest.raises(TypeError):
        PLAIN.add_hours(start, WorkDays(1))  # type: ignore[arg-type]


def test_the_second_department_gets_a_clock_of_its_own() -> None:
    history = [
        _effects(1, at("2026-03-02 09:00"), starts=(ACCEPT,)),
        _effects(2, at("2026-03-02 10:45"), department=STORES, starts=(ACCEPT,)),
    ]
    first, second = fold(history)
    assert (first.department, first.round, first.void) == (SALES, 1, True)
    assert (second.department, second.round, second.open) == (STORES, 2, True)
    assert second.due_at(PLAIN) == at("2026-03-02 14:15")


def test_a_duty_that_comes_back_is_armed_again_with_warning_and_all() -> None:
    history = [
        _effects(1, at("2026-03-02 09:00"), starts=(ACCEPT,)),
        _effects(2, at("2026-03-02 10:30"), warned=frozenset({"accept_order"})),
        _effects(3, at("2026-03-02 10:40"), stops=frozenset({"accept_order"})),
        _effects(4, at("2026-03-02 14:00"), starts=(ACCEPT,)),
    ]
    first, again = fold(history)
    assert first.status(first.due_at(PLAIN)) is Status.KEPT
    assert (again.round, again.warned_at, again.open) == (2, None, True)
    assert again.warn_at(PLAIN, again.due_at(PLAIN)) == at("2026-03-02 15:30")
