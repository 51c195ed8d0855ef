"""The three questions of feasibility, their grades, and what the parts of an answer lack (clause 2.2.1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Question(StrEnum):
    """What is asked of every order."""

    SCOPE = "scope"
    RESOURCES = "resources"
    DIFFICULTY = "difficulty"


class Grade(StrEnum):
    """How a question is answered."""

    YES = "yes"
    WITH_CONDITIONS = "conditions"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: the grade (None until somebody gave one) and what it rests on."""

    question: Question
    grade: Grade | None = None
    grounds: str = ""


def lacking(answers: Iterable[Answer]) -> dict[Question, list[str]]:
    """What each question's answer lacks: "grade", "grounds"; a question without an answer lacks both."""
    there = {answer.question: answer for answer in answers}
    found = {question: _lacking(there.get(question, Answer(question))) for question in Question}
    return {question: lacks for question, lacks in found.items() if lacks}


def _lacking(answer: Answer) -> list[str]:
    return [name for name, given in (("grade", answer.grade), ("grounds", answer.grounds.strip())) if not given]


def feasible(answers: Iterable[Answer]) -> bool:
    """Whether no question was answered with no."""
    return all(answer.grade is not Grade.NO for answer in answers)
