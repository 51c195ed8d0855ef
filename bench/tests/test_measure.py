"""How rounds become figures, with exact numbers."""

import pytest

from bench import run
from bench.measure import figure, in_turn, share


def test_the_ratio_is_the_median_of_the_rounds_own_ratios_not_of_the_medians() -> None:
    assert figure("x", [10.0, 20.0, 90.0], "ms", [10.0, 40.0, 30.0]) == {
        "name": "x", "value": 20.0, "unit": "ms", "reference": 30.0, "ratio": 1.0, "rounds": 3,
    }  # fmt: skip


def test_a_figure_without_a_reference_says_so() -> None:
    found = figure("x", [2.0], "s")
    assert (found["reference"], found["ratio"]) == (None, None)


def test_rounds_alternate_their_order_and_the_first_doesnt_count() -> None:
    called: list[str] = []
    measured = in_turn({name: lambda name=name: float(called.append(name) or len(called)) for name in "ab"}, rounds=2)
    assert called == ["b", "a", "a", "b", "b", "a"]
    assert measured == {"a": [3.0, 6.0], "b": [4.0, 5.0]}


@pytest.mark.parametrize(("part", "value"), [(0.0, 1.0), (0.5, 50.0), (0.99, 99.0), (1.0, 100.0)])
def test_a_share_is_the_value_at_the_nearest_rank(part: float, value: float) -> None:
    assert share([float(number) for number in range(100, 0, -1)], part) == value


def test_an_unknown_benchmark_is_wrong_use_and_the_known_ones_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["nothing"]) == 2
    assert capsys.readouterr().err == f"No benchmark named nothing. There are: {', '.join(run.benchmarks())}.\n"


def test_only_modules_that_measure_are_benchmarks() -> None:
    assert {"action", "deadlines", "memory", "start", "worktime"} <= set(run.benchmarks())
    assert not {"run", "measure", "installation", "company", "bulk"} & set(run.benchmarks())
