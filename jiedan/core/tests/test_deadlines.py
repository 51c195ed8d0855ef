"""What one record does to the clocks of its subject: the rules that `apply` follows, one by one."""

import json
from typing import Any

import pytest

from jiedan.core.deadlines import ALL, Clock, Effects, Status, Terms, apply, fold
from jiedan.core.tests.moments import PLAIN, at
from jiedan.core.worktime import WorkDays, WorkHours

ACCEPT = Terms("accept_order", "2.1.2", WorkHours.of(2), WorkHours.of("0.5"), procedure=1, calendar=1)
CONTACT = Terms("contact_customer", "2.1.1", WorkHours.of(4), None, procedure=1, calendar=1)
SOLVE = Terms("solve", "5.2.1", WorkDays(3), WorkHours.of(1), procedure=2, calendar=3)
START = "2026-03-02 09:00"
BOTH = frozenset({"accept_order", "contact_customer"})


def effects(seq: int, moment: str, **what: Any) -> Effects:
    return Effects(seq, at(moment), 7, **what)


def one(*history: Effects) -> Clock:
    (found,) = fold([effects(1, START, starts=(ACCEPT,)), *history])
    return found


def names(*given: str) -> frozenset[str]:
    return frozenset(given)


@pytest.mark.parametrize(
    ("ended", "status"),
    [("2026-03-02 10:59", Status.KEPT), ("2026-03-02 11:00", Status.KEPT), ("2026-03-02 11:01", Status.LATE)],
)
def test_a_duty_done_at_the_last_moment_is_kept_and_a_minute_later_it_is_late(ended: str, status: Status) -> None:
    clock = one(effects(2, ended, stops=names("accept_order")))
    assert clock.due_at(PLAIN) == at("2026-03-02 11:00")
    assert clock.status(clock.due_at(PLAIN)) is status
    assert (clock.ended_at, clock.ended_by) == (at(ended), 2)


def test_a_clock_that_lapses_has_no_verdict_however_late_it_was() -> None:
    clock = one(effects(2, "2026-03-05 09:00", voids=names(ALL)))
    assert clock.status(clock.due_at(PLAIN)) is Status.VOID


def test_what_ended_stays_as_it_ended_whatever_comes_later() -> None:
    ended = one(effects(2, "2026-03-02 10:00", stops=names("accept_order")))
    everything = {name: names(ALL) for name in ("stops", "voids", "pauses", "resumes", "warned", "overdue")}
    assert apply((ended,), effects(3, "2026-03-09 09:00", **everything, rebase=(5, 6))) == (ended,)


def test_a_name_that_no_open_clock_has_does_nothing() -> None:
    clock = one()
    assert apply((clock,), effects(2, "2026-03-02 10:00", stops=names("route_order"))) == (clock,)


def test_all_means_every_open_clock_and_a_name_only_its_own() -> None:
    two = fold([effects(1, START, starts=(ACCEPT, CONTACT))])
    paused = apply(two, effects(2, "2026-03-02 09:30", pauses=names(ALL)))
    assert [clock.paused for clock in paused] == [True, True]
    going = apply(paused, effects(3, "2026-03-02 10:00", resumes=names("contact_customer")))
    assert [clock.paused for clock in going] == [True, False]


def test_stopping_and_starting_in_one_record_judges_the_old_round_before_the_new_one_begins() -> None:
    old, new = fold([effects(1, START, starts=(ACCEPT,)), effects(2, "2026-03-02 11:30", stops=BOTH, starts=(ACCEPT,))])
    assert (old.status(old.due_at(PLAIN)), old.void) == (Status.LATE, False)
    assert (new.round, new.started_at, new.open) == (2, at("2026-03-02 11:30"), True)


def test_a_paused_clock_that_is_stopped_is_judged_without_its_pause() -> None:
    clock = one(
        effects(2, "2026-03-02 10:00", pauses=names(ALL)), effects(3, "2026-03-04 10:00", stops=names("accept_order"))
    )
    assert (clock.paused, clock.pauses[0].end) == (False, at("2026-03-04 10:00"))
    assert clock.status(clock.due_at(PLAIN)) is Status.KEPT


def test_a_pause_that_ends_in_the_same_record_it_begins_in_goes_on_standing() -> None:
    clock = one(effects(2, "2026-03-02 10:00", resumes=names(ALL), pauses=names(ALL)))
    assert clock.paused


def test_the_first_warning_and_the_first_overdue_mark_are_the_ones_that_count() -> None:
    clock = one(
        effects(2, "2026-03-02 10:30", warned=names(ALL)), effects(3, "2026-03-02 10:45", warned=names(ALL)),
        effects(4, "2026-03-02 11:00", overdue=names(ALL)), effects(5, "2026-03-02 12:00", overdue=names(ALL)),
    )  # fmt: skip
    assert (clock.warned_at, clock.overdue_at) == (at("2026-03-02 10:30"), at("2026-03-02 11:00"))
    assert clock.open


def test_a_re_based_clock_keeps_its_limit_and_its_pauses_and_is_watched_anew() -> None:
    clock = one(
        effects(2, "2026-03-02 09:15", pauses=names(ALL)), effects(3, "2026-03-02 09:45", resumes=names(ALL)),
        effects(4, "2026-03-02 11:00", warned=names(ALL)), effects(5, "2026-03-02 11:30", overdue=names(ALL)),
        effects(6, "2026-03-02 11:40", rebase=(2, 3)),
    )  # fmt: skip
    assert (clock.terms.amount, clock.terms.procedure, clock.terms.calendar) == (WorkHours.of(2), 1, 3)
    assert len(clock.pauses) == 1
    assert (clock.warned_at, clock.overdue_at) == (None, None)


def test_a_clock_that_a_rebasing_record_starts_keeps_the_terms_it_was_given() -> None:
    (clock,) = fold([effects(1, START, rebase=(8, 9), starts=(SOLVE,))])
    assert (clock.terms.procedure, clock.terms.calendar) == (2, 3)


def test_a_duty_without_a_warning_is_never_warned_of() -> None:
    (clock,) = fold([effects(1, START, starts=(CONTACT,))])
    assert clock.warn_at(PLAIN, clock.due_at(PLAIN)) is None


@pytest.mark.parametrize("terms", [ACCEPT, CONTACT, SOLVE])
def test_terms_and_effects_are_read_back_from_a_record_as_they_were_written(terms: Terms) -> None:
    written = effects(
        4, "2026-03-02 10:30", starts=(terms,), stops=BOTH, voids=names(ALL), pauses=names("a"), resumes=names("b"),
        warned=names("c"), overdue=names("d"), rebase=(2, 3),
    )  # fmt: skip
    data = json.loads(json.dumps(written.to_json()))
    given = {"seq": 4, "at": at("2026-03-02 10:30"), "department": 7, "versions": (terms.procedure, terms.calendar)}
    assert Effects.from_json(data, **given) == written


def test_a_record_that_touches_no_clock_says_nothing_of_clocks() -> None:
    assert effects(1, START).to_json() == {}
