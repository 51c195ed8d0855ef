"""The score of a listing: exact for what is known, silent about what isn't, 0 for what is refused (clause 2.1.1)."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiedan.core.fit import WEIGHTS, Criterion, Fit, Scope, Wanted, fit
from jiedan.core.screening import Ban, Hit

SCOPE = Scope(
    categories=("家居/灯具", "服务/安装"), skills=("安装", "电工"), price_from=Decimal(1000), price_to=Decimal(50000),
    lead_days=10, most_open=20, regions=("浙江", "上海"), refuses=("防爆",),
)  # fmt: skip
WANTED = Wanted("会议室灯具含安装", "家居/灯具/吊灯", Decimal(20000), 15, "浙江杭州")


def shares(found: Fit) -> dict[str, float | None]:
    return {reason.criterion.value: reason.share for reason in found.reasons}


def test_what_fits_in_everything_has_every_point() -> None:
    found = fit(WANTED, SCOPE, 3)
    assert found.score == 100
    assert set(shares(found).values()) == {1.0}
    assert sum(WEIGHTS.values()) == 100
    assert set(WEIGHTS) == set(Criterion)


@pytest.mark.parametrize(
    ("wanted", "load", "criterion", "share", "score"),
    [
        (replace(WANTED, category="家居/家具"), 3, "category", 0.5, 80),
        (replace(WANTED, category="食品"), 3, "category", 0.0, 60),
        (replace(WANTED, category="家居/灯具"), 3, "category", 1.0, 100),
        (replace(WANTED, budget=Decimal(800)), 3, "price", 0.5, 90),
        (replace(WANTED, budget=Decimal("799.99")), 3, "price", 0.0, 80),
        (replace(WANTED, budget=Decimal(60000)), 3, "price", 0.5, 90),
        (replace(WANTED, budget=Decimal("60000.01")), 3, "price", 0.0, 80),
        (replace(WANTED, workdays=5), 3, "lead_time", 0.5, 92),
        (replace(WANTED, workdays=4), 3, "lead_time", 0.0, 85),
        (WANTED, 16, "capacity", 0.5, 95),
        (WANTED, 20, "capacity", 0.0, 90),
        (replace(WANTED, region="广东深圳"), 3, "region", 0.0, 90),
        (replace(WANTED, text="会议室灯具"), 3, "skills", None, 100),
        (replace(WANTED, budget=None), 3, "price", None, 100),
        (replace(WANTED, region=""), 3, "region", None, 100),
        (replace(WANTED, workdays=None), 3, "lead_time", None, 100),
    ],
)
def test_each_criterion_has_its_part(
    wanted: Wanted, load: int, criterion: str, share: float | None, score: int
) -> None:
    found = fit(wanted, SCOPE, load)
    assert (shares(found)[criterion], found.score) == (share, score)


def test_nothing_declared_is_no_score_and_not_a_good_one() -> None:
    found = fit(WANTED, Scope(), 3)
    assert found.score is None
    assert set(shares(found).values()) == {None}


def test_what_the_department_refuses_or_the_law_prohibits_has_no_points() -> None:
    refused = fit(replace(WANTED, text="防 爆灯具"), SCOPE, 3)
    assert (refused.score, refused.refused, refused.prohibited) == (0, "防爆", False)
    hit = Hit(Ban.PROHIBITED, "象牙", "不得经营", "内容", "象牙灯")
    assert (fit(WANTED, SCOPE, 3, [hit]).score, fit(WANTED, SCOPE, 3, [hit]).prohibited) == (0, True)
    platform = replace(hit, ban=Ban.PLATFORM)
    assert (fit(WANTED, SCOPE, 3, [platform]).score, fit(WANTED, SCOPE, 3, [platform]).prohibited) == (100, False)


texts = st.sampled_from(["", "家居", "家居/灯具", "食品", "浙江", "浙江杭州", "安装"])
some = st.lists(texts.filter(bool), max_size=3).map(tuple)
yuan = st.none() | st.decimals(0, 10**6, places=2)
days = st.none() | st.integers(0, 60)
scopes = st.builds(Scope, some, some, yuan, yuan, days, st.none() | st.integers(1, 50), some, some)
wants = st.builds(Wanted, texts, texts, yuan, days, texts)


@given(wants, scopes, st.integers(0, 100))
def test_every_score_is_of_a_hundred_and_explained(wanted: Wanted, scope: Scope, load: int) -> None:
    found = fit(wanted, scope, load)
    assert [reason.criterion for reason in found.reasons] == list(Criterion)
    known = [share for share in shares(found).values() if share is not None]
    assert found.score is None or 0 <= found.score <= 100
    assert (found.score is None) == (not known and not found.refused)
    if known and not found.refused:
        assert (found.score == 100) == (set(known) == {1.0})


@given(wants, scopes, st.integers(0, 99))
def test_more_open_orders_never_make_it_fit_better(wanted: Wanted, scope: Scope, load: int) -> None:
    assert (fit(wanted, scope, load + 1).score or 0) <= (fit(wanted, scope, load).score or 0)


@given(scopes)
def test_a_scope_is_kept_as_it_is(scope: Scope) -> None:
    assert Scope.read(scope.kept()) == scope
