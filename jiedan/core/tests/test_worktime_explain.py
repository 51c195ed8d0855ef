"""Explaining a due moment: every slice, counted or not, and why."""

from datetime import date, timedelta

from jiedan.core.tests.moments import CHINA, PLAIN, at, local, pause
from jiedan.core.worktime import DEFAULT_WEEK, DayOverride, Slice, Window, WorkCalendar, WorkHours


def _lines(slices: tuple[Slice, ...]) -> list[str]:
    return [
        f"{part.day} {part.start:%H:%M}-{part.end:%H:%M} {part.kind} {part.minutes} {part.note}".rstrip()
        for part in slices
    ]


def test_every_slice_across_the_make_up_sunday_is_told() -> None:
    start = at("2026-09-18 17:30")
    slices = CHINA.explain(start, CHINA.add_hours(start, WorkHours.of(2)))
    assert _lines(slices) == [
        "2026-09-18 17:30-18:00 working 30",
        "2026-09-18 18:00-00:00 closed 0",
        "2026-09-19 00:00-00:00 closed 0",
        "2026-09-20 00:00-09:00 closed 0 国庆节调休补班",
        "2026-09-20 09:00-10:30 working 90 国庆节调休补班",
    ]
    assert sum(part.minutes for part in slices) == 120
    assert not any(part.provisional for part in slices)


def test_lunch_is_told_as_closed() -> None:
    assert _lines(PLAIN.explain(at("2026-03-02 11:30"), at("2026-03-02 14:00"))) == [
        "2026-03-02 11:30-12:00 working 30",
        "2026-03-02 12:00-13:30 closed 0",
        "2026-03-02 13:30-14:00 working 30",
    ]


def test_pauses_are_told_within_hours_only() -> None:
    spans = [pause("2026-03-02 11:00", "2026-03-02 14:00"), pause("2026-03-02 11:30", "2026-03-02 13:45")]
    assert _lines(PLAIN.explain(at("2026-03-02 10:30"), at("2026-03-02 14:30"), spans)) == [
        "2026-03-02 10:30-11:00 working 30",
        "2026-03-02 11:00-12:00 paused 0",
        "2026-03-02 12:00-13:30 closed 0",
        "2026-03-02 13:30-14:00 paused 0",
        "2026-03-02 14:00-14:30 working 30",
    ]


def test_an_open_pause_lasts_until_the_end() -> None:
    still = [pause("2026-03-02 10:00", None)]
    assert _lines(PLAIN.explain(at("2026-03-02 09:30"), at("2026-03-02 11:00"), still)) == [
        "2026-03-02 09:30-10:00 working 30",
        "2026-03-02 10:00-11:00 paused 0",
    ]


def test_a_holiday_is_told_by_its_name() -> None:
    slices = CHINA.explain(at("2026-10-01 00:00"), at("2026-10-02 00:00"))
    assert _lines(slices) == ["2026-10-01 00:00-00:00 closed 0 国庆节"]
    assert slices[0].end - slices[0].start == timedelta(days=1)


def test_a_year_without_notice_is_marked_provisional() -> None:
    start = at("2026-12-31 17:00")
    slices = CHINA.explain(start, CHINA.add_hours(start, WorkHours.of(2)))
    assert [(part.day.year, part.provisional) for part in slices if part.kind == "working"] == [
        (2026, False),
        (2027, True),
    ]


def test_touching_windows_are_told_as_one_slice() -> None:
    touching = WorkCalendar(1, DEFAULT_WEEK, {date(2026, 3, 3): DayOverride((Window(540, 720), Window(720, 800)))})
    assert _lines(touching.explain(at("2026-03-03 09:00"), at("2026-03-03 13:20"))) == [
        "2026-03-03 09:00-13:20 working 260"
    ]


def test_seconds_add_up_to_the_exact_elapsed_time() -> None:
    start, end = at("2026-03-02 11:59:30"), at("2026-03-02 13:30:45")
    slices = PLAIN.explain(start, end)
    assert (
        sum((part.counted for part in slices), timedelta()) == PLAIN.elapsed_time(start, end) == timedelta(seconds=75)
    )
    assert [part.minutes for part in slices] == [0, 0, 1]


def test_minutes_add_up_to_the_limit_even_from_a_start_between_minutes() -> None:
    start = at("2026-09-18 17:30:20")
    slices = CHINA.explain(start, CHINA.add_hours(start, WorkHours(120)))
    assert [part.minutes for part in slices if part.kind == "working"] == [29, 91]


def test_nothing_is_explained_when_the_end_comes_first() -> None:
    assert PLAIN.explain(at("2026-03-02 12:00"), at("2026-03-02 11:00")) == ()
    assert PLAIN.explain(at("2026-03-02 12:00"), at("2026-03-02 12:00")) == ()


def test_slices_are_told_in_the_companys_local_time() -> None:
    part = PLAIN.explain(at("2026-03-02 02:00", "UTC"), at("2026-03-02 03:00", "UTC"))[0]
    assert (part.day, f"{part.start:%H:%M %z}") == (date(2026, 3, 2), "10:00 +0800")
    assert local(part.end) == "2026-03-02 11:00"
