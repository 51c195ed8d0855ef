"""P9: working-time arithmetic a second on one core, across years with make-up days.

The reference is a plain single-thread loop of integer arithmetic, measured in turn with each figure, so that a slow
or busy machine moves both. `python -m bench.worktime` prints one JSON line for each figure.
"""

import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter

from jiedan.core.holidays_cn import seed_calendar
from jiedan.core.worktime import Pause, WorkDays, WorkHours

CASES = 20_000
LOOPS = 1_000_000
ROUNDS = 7
BEGIN = datetime(2025, 1, 2, tzinfo=UTC)
SPAN = 2 * 365 * 86_400
"""Starts lie anywhere in two years; ends, dues and pauses run up to half a year on."""

Case = tuple[datetime, datetime, WorkHours, WorkDays, tuple[Pause, ...]]
Question = Callable[[Case], object]


def figures(rounds: int = ROUNDS) -> Iterator[dict[str, object]]:
    """Each figure: calls a second (median of the rounds), beside loop steps a second measured in turn with it."""
    calendar = seed_calendar()
    questions: dict[str, Question] = {
        "worktime.add_hours": lambda case: calendar.add_hours(case[0], case[2]),
        "worktime.add_days": lambda case: calendar.add_days(case[0], case[3]),
        "worktime.elapsed": lambda case: calendar.elapsed(case[0], case[1]),
        "worktime.subtract_hours": lambda case: calendar.subtract_hours(case[1], case[2], case[0]),
        "worktime.add_hours_with_two_pauses": lambda case: calendar.add_hours(case[0], case[2], case[4]),
    }
    cases = _cases()
    for name, question in questions.items():
        _ask(question, cases)
        measured = [(_ask(question, cases), _loop()) for _ in range(rounds)]
        value, reference = median(ours for ours, _ in measured), median(theirs for _, theirs in measured)
        yield {
            "name": name,
            "value": round(value),
            "unit": "calls/s",
            "reference": round(reference),
            "ratio": round(median(ours / theirs for ours, theirs in measured), 4),
            "rounds": rounds,
        }


def main() -> None:
    """Print the figures, one JSON line each."""
    for figure in figures():
        print(json.dumps(figure))


def _cases() -> list[Case]:
    rng = random.Random(9)
    return [_case(rng) for _ in range(CASES)]


def _case(rng: random.Random) -> Case:
    start = BEGIN + timedelta(seconds=rng.randrange(SPAN))
    end = start + timedelta(minutes=rng.randrange(180 * 1440))
    first = start + timedelta(minutes=rng.randrange(2 * 1440))
    second = first + timedelta(minutes=rng.randrange(2 * 1440))
    pauses = (Pause(second, second + timedelta(hours=30)), Pause(first, first + timedelta(hours=5)))
    return start, end, WorkHours(rng.randrange(1, 6_000)), WorkDays(rng.randrange(1, 90)), pauses


def _ask(question: Question, cases: list[Case]) -> float:
    began = perf_counter()
    for case in cases:
        question(case)
    return len(cases) / (perf_counter() - began)


def _loop() -> float:
    total = 0
    began = perf_counter()
    for number in range(LOOPS):
        total += number ^ (total & 0xFFFF)
    return LOOPS / (perf_counter() - began)


if __name__ == "__main__":
    main()
