"""What holds for every calendar, moment, amount and set of pauses."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from jiedan.core.holidays_cn import seed_days
from jiedan.core.worktime import DEFAULT_DAY, DayOverride, Pause, Window, WorkCalendar, WorkDays, WorkHours

START = datetime(2025, 6, 1, tzinfo=UTC)
few = settings(max_examples=40, deadline=None)


@st.composite
def windows(draw: st.DrawFn) -> tuple[Window, ...]:
    edges = sorted(draw(st.sets(st.integers(0, 96), max_size=6)))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    return tuple(Window(start * 15, end * 15) for start, end in pairs)


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar:
    week = draw(st.one_of(st.just((DEFAULT_DAY,) * 5 + ((), ())), st.tuples(*[windows()] * 7)))
    assume(any(week))
    dates = st.dates(date(2025, 6, 1), date(2026, 6, 1))
    days = draw(st.one_of(st.just(seed_days()), st.dictionaries(dates, windows().map(DayOverride), max_size=8)))
    zone = draw(st.sampled_from(["Asia/Shanghai", "Europe/London", "America/Sao_Paulo", "Pacific/Apia"]))
    return WorkCalendar(1, week, days, zone=zone)


moments = st.integers(0, 366 * 86_400).map(lambda seconds: START + timedelta(seconds=seconds))
hours = st.integers(0, 6000).map(WorkHours)
pauses = st.lists(
    st.tuples(moments, st.integers(0, 20_000)).map(lambda pair: Pause(pair[0], pair[0] + timedelta(minutes=pair[1]))),
    max_size=4,
)


@few
@given(calendars(), moments, hours, pauses)
def test_what_was_added_has_elapsed_when_it_is_due_and_not_a_microsecond_before(
    calendar: WorkCalendar, start: datetime, amount: WorkHours, still: list[Pause]
) -> None:
    due = calendar.add_hours(start, amount, still)
    assert due >= start
    assert calendar.elapsed_time(start, due, still) == timedelta(minutes=amount.minutes)
    if amount.minutes:
        before = due - timedelta(microseconds=1)
        assert calendar.elapsed_time(start, before, still) < timedelta(minutes=amount.minutes)


@few
@given(calendars(), moments, hours, hours, pauses)
def test_more_hours_are_never_due_earlier_and_the_parts_make_the_whole(
    calendar: WorkCalendar, start: datetime, first: WorkHours, second: WorkHours, still: list[Pause]
) -> None:
    whole = calendar.add_hours(start, first + second, still)
    assert whole >= calendar.add_hours(start, first, still)
    if second.minutes:
        assert calendar.add_hours(calendar.add_hours(start, first, still), second, still) == whole


@few
@given(calendars(), moments, hours, pauses)
def test_the_warning_leaves_exactly_that_much_and_is_the_latest_to_do_so(
    calendar: WorkCalendar, end: datetime, amount: WorkHours, still: list[Pause]
) -> None:
    warning = calendar.subtract_hours(end, amount, pauses=still)
    assert warning <= end
    assert calendar.elapsed_time(warning, end, still) == timedelta(minutes=amount.minutes)
    later = min(end, warning + timedelta(microseconds=1))
    if amount.minutes:
        assert calendar.elapsed_time(later, end, still) < timedelta(minutes=amount.minutes)


@few
@given(calendars(), moments, moments, moments, pauses)
def test_elapsed_time_adds_up_over_any_moment_between(
    calendar: WorkCalendar, one: datetime, two: datetime, three: datetime, still: list[Pause]
) -> None:
    first, middle, last = sorted((one, two, three))
    parts = calendar.elapsed_time(first, middle, still) + calendar.elapsed_time(middle, last, still)
    assert parts == calendar.elapsed_time(first, last, still) <= last - first


@few
@given(calendars(), moments, st.integers(0, 20_000), pauses)
def test_an_explanation_has_no_gaps_and_adds_up(
    calendar: WorkCalendar, start: datetime, minutes: int, still: list[Pause]
) -> None:
    end = start + timedelta(minutes=minutes)
    slices = calendar.explain(start, end, still)
    edges = [start, *(part.end for part in slices)]
    assert [part.start for part in slices] == edges[:-1]
    assert edges[-1] == end
    assert WorkHours(sum(part.minutes for part in slices)) == calendar.elapsed(start, end, still)
    counted = sum((part.counted for part in slices), timedelta())
    assert counted == calendar.elapsed_time(start, end, still)


@few
@given(calendars(), moments, st.integers(0, 15), pauses)
def test_days_are_due_at_a_closing_at_which_the_clock_runs(
    calendar: WorkCalendar, start: datetime, days: int, still: list[Pause]
) -> None:
    due = calendar.add_days(start, WorkDays(days), still)
    closings = {calendar.closing(due.date() + timedelta(days=shift)) for shift in (-1, 0, 1)}
    assert due >= start
    assert due in closings
    assert not any(pause.start < due <= pause.end for pause in still if pause.end and pause.end > pause.start)
    after = calendar.add_days(start, WorkDays(days + 1), still)
    assert after > due if days else after >= due


@few
@given(calendars())
def test_every_calendar_reads_back_from_its_json(calendar: WorkCalendar) -> None:
    assert WorkCalendar.from_json(calendar.to_json()) == calendar


@few
@given(calendars(), moments, hours, pauses, st.randoms())
def test_neither_order_nor_repetition_of_pauses_matters(
    calendar: WorkCalendar, start: datetime, amount: WorkHours, still: list[Pause], shuffler: object
) -> None:
    again = still + still
    shuffler.shuffle(again)  # type: ignore[attr-defined]
    assert calendar.add_hours(start, amount, again) == calendar.add_hours(start, amount, still)
