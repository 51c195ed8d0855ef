"""Who decides by which rule, and what votes amount to (2.2.3, 1.3.4)."""

from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiedan.core.decision import DECIDER, HEAD, Body, Case, Mode, Rule, Seat, Verdict, Vote, chosen, standard
from jiedan.core.risk import Level

TAKE, DECLINE = Vote.TAKE, Vote.DECLINE
THREE = (Seat("甲", (1,)), Seat("乙", (2,)), Seat("丙", (3,)))


def case(amount: str, level: Level = Level.LOW, department: int = 5) -> Case:
    return Case(Decimal(amount), level, department)


@pytest.mark.parametrize(
    ("found", "number"),
    [
        (case("10000.00"), 1), (case("10000.01"), 2), (case("1", Level.MEDIUM), 2), (case("0"), 1),
    ],
)  # fmt: skip
def test_the_standard_rules_give_small_and_harmless_orders_to_the_head(found: Case, number: int) -> None:
    rules = standard(Decimal(10000))
    assert chosen(rules, found) == number
    assert [rule.members for rule in rules] == [(HEAD,), (DECIDER,)]


@pytest.mark.parametrize(
    ("rule", "found", "fits"),
    [
        (Rule(Mode.ALL, (HEAD,), amount_from=Decimal(5)), case("4.99"), False),
        (Rule(Mode.ALL, (HEAD,), amount_from=Decimal(5)), case("5"), True),
        (Rule(Mode.ALL, (HEAD,), risk_from=Level.HIGH), case("5", Level.MEDIUM), False),
        (Rule(Mode.ALL, (HEAD,), risk_to=Level.MEDIUM), case("5", Level.HIGH), False),
        (Rule(Mode.ALL, (HEAD,), departments=(6,)), case("5"), False),
        (Rule(Mode.ALL, (HEAD,), departments=(6, 5)), case("5"), True),
    ],
)
def test_a_rule_fits_what_lies_within_everything_it_names(rule: Rule, found: Case, fits: bool) -> None:
    assert rule.fits(found) is fits
    assert (chosen([rule], found) == 1) is fits


def test_a_rule_and_a_body_are_read_back_as_they_were_kept() -> None:
    rule = Rule(Mode.MAJORITY, (HEAD, "1003"), Decimal("5.00"), None, Level.MEDIUM, Level.HIGH, (4,))
    body = Body(Mode.SEQUENCE, (Seat("甲", (1, 2), needed=True, decides=True), Seat("乙", (3,))))
    assert Rule.read(rule.kept()) == rule
    assert Body.read(body.kept()) == body


@pytest.mark.parametrize(
    ("mode", "votes", "verdict", "asked"),
    [
        (Mode.SINGLE, {}, Verdict.OPEN, [0, 1, 2]),
        (Mode.SINGLE, {1: TAKE}, Verdict.TAKEN, []),
        (Mode.SINGLE, {2: DECLINE}, Verdict.DECLINED, []),
        (Mode.ALL, {0: TAKE, 2: TAKE}, Verdict.OPEN, [1]),
        (Mode.ALL, {0: TAKE, 1: TAKE, 2: TAKE}, Verdict.TAKEN, []),
        (Mode.ALL, {0: TAKE, 1: DECLINE}, Verdict.DECLINED, []),
        (Mode.MAJORITY, {0: TAKE}, Verdict.OPEN, [1, 2]),
        (Mode.MAJORITY, {0: TAKE, 1: DECLINE}, Verdict.OPEN, [2]),
        (Mode.MAJORITY, {0: TAKE, 2: TAKE}, Verdict.TAKEN, []),
        (Mode.MAJORITY, {0: DECLINE, 2: DECLINE}, Verdict.DECLINED, []),
        (Mode.SEQUENCE, {}, Verdict.OPEN, [0]),
        (Mode.SEQUENCE, {0: TAKE}, Verdict.OPEN, [1]),
        (Mode.SEQUENCE, {0: TAKE, 1: TAKE, 2: TAKE}, Verdict.TAKEN, []),
        (Mode.SEQUENCE, {0: DECLINE}, Verdict.DECLINED, []),
    ],
)
def test_votes_amount_to_this(mode: Mode, votes: Mapping[int, Vote], verdict: Verdict, asked: list[int]) -> None:
    body = Body(mode, THREE)
    assert (body.verdict(votes), body.asked(votes)) == (verdict, asked)


def test_of_an_even_number_half_is_no_majority() -> None:
    body = Body(Mode.MAJORITY, (*THREE, Seat("丁", (4,))))
    assert body.verdict({0: TAKE, 1: TAKE}) is Verdict.OPEN
    assert body.verdict({0: TAKE, 1: TAKE, 2: DECLINE, 3: DECLINE}) is Verdict.DECLINED


def test_without_a_needed_seat_no_majority_takes_anything_on() -> None:
    body = Body(Mode.MAJORITY, (*THREE[:2], Seat("决策人", (3,), needed=True, decides=True)))
    assert body.verdict({0: TAKE, 1: TAKE}) is Verdict.OPEN
    assert body.verdict({0: TAKE, 1: TAKE, 2: TAKE}) is Verdict.TAKEN
    assert body.verdict({0: TAKE, 1: TAKE, 2: DECLINE}) is Verdict.DECLINED


def test_a_seat_of_several_people_is_asked_of_each_and_filled_by_one() -> None:
    body = Body(Mode.ALL, (Seat("负责人", (1, 2)), Seat("决策人", (2, 3))))
    assert [body.seat_for([person], {}) for person in (1, 2, 3, 4)] == [0, 0, 1, None]
    assert body.seat_for([2], {0: TAKE}) == 1


MODES = st.sampled_from(Mode)
VOTES = st.lists(st.sampled_from(Vote), min_size=1, max_size=7)


@given(MODES, VOTES, st.sets(st.integers(0, 6)))
def test_what_is_decided_stays_decided_and_everybody_asked_ends_in_a_verdict(
    mode: Mode, votes: list[Vote], needed: set[int]
) -> None:
    seats = tuple(Seat(str(n), (n,), needed=n in needed) for n in range(len(votes)))
    body, cast, verdicts = Body(mode, seats), dict[int, Vote](), list[Verdict]()
    while asked := body.asked(cast):
        assert body.verdict(cast) is Verdict.OPEN
        cast[asked[0]] = votes[asked[0]]
        verdicts.append(body.verdict(cast))
    assert verdicts[-1] is not Verdict.OPEN
    assert verdicts.count(Verdict.OPEN) == len(verdicts) - 1
    if verdicts[-1] is Verdict.TAKEN:
        for_ = sum(1 for vote in cast.values() if vote is TAKE)
        assert for_ * 2 > len(seats) or mode is Mode.SINGLE
