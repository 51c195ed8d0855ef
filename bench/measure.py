"""How things are measured: in rounds that alternate with their reference, the median of the rounds counts."""

import math
from collections.abc import Callable, Sequence
from statistics import median
from typing import TypedDict

ROUNDS = 5


class Figure(TypedDict):
    """One measured figure; `ratio` is value over reference in the same round, None where nothing is comparable."""

    name: str
    value: float
    unit: str
    reference: float | None
    ratio: float | None
    rounds: int


def figure(name: str, values: Sequence[float], unit: str, references: Sequence[float] = (), digits: int = 3) -> Figure:
    """The medians of the rounds; the ratio is the median of each round's own ratio."""
    ratios = [ours / theirs for ours, theirs in zip(values, references, strict=True)] if references else []
    return {
        "name": name,
        "value": round(median(values), digits),
        "unit": unit,
        "reference": round(median(references), digits) if references else None,
        "ratio": round(median(ratios), 3) if ratios else None,
        "rounds": len(values),
    }


def in_turn(measurements: dict[str, Callable[[], float]], rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Take every measurement once a round, in an order that turns, after one round that doesn't count."""
    found: dict[str, list[float]] = {name: [] for name in measurements}
    for number in range(rounds + 1):
        names = list(measurements) if number % 2 else list(reversed(measurements))
        for name in names:
            value = measurements[name]()
            if number:
                found[name].append(value)
    return found


def share(values: Sequence[float], part: float) -> float:
    """The value that PART (0 to 1) of the VALUES don't exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, math.ceil(part * len(ordered)) - 1))]
