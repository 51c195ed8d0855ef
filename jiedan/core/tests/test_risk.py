"""Likelihood × impact gives a level; what stands above low asks for an answer (2.2.2, 1.3.1)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiedan.core.risk import SCALE, Lack, Level, Limits, Risk, RiskKind, lacking, legally_blocked, worst

LIMITS = Limits(5, 10, 20)
ANSWERED = {"grounds": "旺季运力紧张", "measure": "提前锁定承运商", "owner": 7}


@pytest.mark.parametrize(
    ("likelihood", "impact", "level"),
    [
        (1, 1, Level.LOW), (4, 1, Level.LOW), (2, 2, Level.LOW), (5, 1, Level.MEDIUM), (3, 3, Level.MEDIUM),
        (2, 5, Level.HIGH), (4, 4, Level.HIGH), (4, 5, Level.BLOCKING), (5, 5, Level.BLOCKING),
    ],
)  # fmt: skip
def test_points_give_these_levels(likelihood: int, impact: int, level: Level) -> None:
    assert Risk(RiskKind.MARKET, likelihood, impact).level(LIMITS) is level


def test_where_limits_coincide_the_graver_level_counts() -> None:
    assert Limits(5, 5, 5).level(5) is Level.BLOCKING


@given(st.sampled_from(SCALE), st.sampled_from(SCALE), st.sampled_from(SCALE))
def test_a_likelier_or_worse_risk_is_never_of_a_lower_level(one: int, more: int, other: int) -> None:
    low, high = sorted((one, more))
    for lesser, greater in (((low, other), (high, other)), ((other, low), (other, high))):
        levels = [Risk(RiskKind.LEGAL, *pair).level(LIMITS) or Level.LOW for pair in (lesser, greater)]
        assert levels[0].rank <= levels[1].rank


def test_each_kind_has_to_be_judged() -> None:
    assert lacking([], LIMITS) == {kind: [Lack.JUDGEMENT] for kind in RiskKind}
    assert lacking([Risk(kind, 1, 1) for kind in RiskKind], LIMITS) == {}
    assert lacking([Risk(kind, 1, None) for kind in RiskKind], LIMITS) == {kind: [Lack.JUDGEMENT] for kind in RiskKind}


@pytest.mark.parametrize(
    ("missing", "lack"), [("grounds", Lack.GROUNDS), ("measure", Lack.MEASURE), ("owner", Lack.OWNER)]
)
def test_above_low_it_lacks_what_nobody_wrote(missing: str, lack: Lack) -> None:
    risks = [Risk(kind, 1, 1) for kind in RiskKind if kind is not RiskKind.DELIVERY]
    whole = Risk(RiskKind.DELIVERY, 3, 3, **ANSWERED)  # type: ignore[arg-type]
    assert lacking([*risks, whole], LIMITS) == {}
    bare = replace(whole, **{missing: None if missing == "owner" else ""})  # type: ignore[arg-type]
    assert lacking([*risks, bare], LIMITS) == {RiskKind.DELIVERY: [lack]}


def test_the_gravest_level_is_that_of_the_worst_risk() -> None:
    assert worst([], LIMITS) is Level.LOW
    assert worst([Risk(RiskKind.CREDIT, 1, 1), Risk(RiskKind.MARKET, 3, 4), Risk(RiskKind.LEGAL)], LIMITS) is Level.HIGH


def test_only_the_law_blocks() -> None:
    assert legally_blocked([Risk(RiskKind.LEGAL, 5, 5)], LIMITS)
    assert not legally_blocked([Risk(RiskKind.CREDIT, 5, 5), Risk(RiskKind.LEGAL, 3, 5)], LIMITS)
