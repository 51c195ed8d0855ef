"""The three questions need a grade and grounds each (2.2.1)."""

import pytest

from jiedan.core.feasibility import Answer, Grade, Question, feasible, lacking

WHOLE = [Answer(question, Grade.YES, "在经营范围内") for question in Question]


def test_nothing_answered_lacks_everything() -> None:
    assert lacking([]) == {question: ["grade", "grounds"] for question in Question}


def test_answered_and_grounded_it_lacks_nothing() -> None:
    assert lacking(WHOLE) == {}


@pytest.mark.parametrize(
    ("answer", "lacks"),
    [
        (Answer(Question.SCOPE, None, "范围内"), ["grade"]),
        (Answer(Question.SCOPE, Grade.NO, " \n "), ["grounds"]),
    ],
)
def test_what_an_answer_lacks_is_named(answer: Answer, lacks: list[str]) -> None:
    assert lacking([answer, *WHOLE[1:]]) == {Question.SCOPE: lacks}


@pytest.mark.parametrize(("grade", "found"), [(Grade.YES, True), (Grade.WITH_CONDITIONS, True), (Grade.NO, False)])
def test_one_no_makes_it_infeasible(grade: Grade, found: bool) -> None:
    assert feasible([*WHOLE[:2], Answer(Question.DIFFICULTY, grade, "x")]) is found
