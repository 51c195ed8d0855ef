"""What grades, risks, levels, bodies and votes are called, in the reader's language."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from jiedan.core.decision import Mode
from jiedan.core.feasibility import Grade, Question
from jiedan.core.risk import Level, RiskKind
from jiedan.evaluation.models import Ballot, Evaluation

_Titles = Mapping[str, Callable[[], str]]
_QUESTIONS: _Titles = {
    Question.SCOPE: lambda: _("Is it within our scope?"),
    Question.RESOURCES: lambda: _("Are our resources enough?"),
    Question.DIFFICULTY: lambda: _("Is the technical difficulty within our ability?"),
}
_GRADES: _Titles = {
    Grade.YES: lambda: _("Yes"),
    Grade.WITH_CONDITIONS: lambda: _("With conditions"),
    Grade.NO: lambda: _("No"),
}
_RISKS: _Titles = {
    RiskKind.CREDIT: lambda: _("The customer's credit"),
    RiskKind.MARKET: lambda: _("Market"),
    RiskKind.LEGAL: lambda: _("Law"),
    RiskKind.PLATFORM: lambda: _("Platform rules"),
    RiskKind.DELIVERY: lambda: _("Delivery"),
}
_LEVELS: _Titles = {
    Level.LOW: lambda: _("low"),
    Level.MEDIUM: lambda: _("medium"),
    Level.HIGH: lambda: _("high"),
    Level.BLOCKING: lambda: _("blocking"),
}
_MODES: _Titles = {
    Mode.SINGLE: lambda: _("one of them decides"),
    Mode.ALL: lambda: _("all of them have to agree"),
    Mode.MAJORITY: lambda: _("the majority decides"),
    Mode.SEQUENCE: lambda: _("one after the other"),
}
_VOTES: _Titles = {
    Ballot.TAKE: lambda: _("for taking it on"),
    Ballot.DECLINE: lambda: _("for declining"),
    Ballot.RETURN: lambda: _("returned with questions"),
}
_STATES: _Titles = {
    Evaluation.DRAFT: lambda: _("draft"),
    Evaluation.SUBMITTED: lambda: _("waits for a decision"),
    Evaluation.TAKEN: lambda: _("taken on"),
    Evaluation.DECLINED: lambda: _("declined"),
    Evaluation.RETURNED: lambda: _("returned with questions"),
    Evaluation.RECALLED: lambda: _("recalled"),
}
_RECOMMENDATIONS: _Titles = {"take": lambda: _("take it on"), "decline": lambda: _("decline it")}
LEVEL_TONES: Mapping[str, str] = {"low": "ok", "medium": "warn", "high": "bad", "blocking": "bad"}
GRADE_TONES: Mapping[str, str] = {"yes": "ok", "conditions": "warn", "no": "bad"}


def _said(titles: _Titles, name: str | None) -> str:
    return titles[name]() if name is not None and name in titles else "—"


def question(name: str) -> str:
    """One of the three questions."""
    return _said(_QUESTIONS, name)


def grade(name: str | None) -> str:
    """A grade; "—" while there is none."""
    return _said(_GRADES, name)


def risk(name: str) -> str:
    """A kind of risk."""
    return _said(_RISKS, name)


def level(name: str | None) -> str:
    """A level of risk; "—" while there is none."""
    return _said(_LEVELS, name)


def mode(name: str) -> str:
    """How a body decides."""
    return _said(_MODES, name)


def vote(name: str) -> str:
    """What somebody voted."""
    return _said(_VOTES, name)


def state(name: str) -> str:
    """What became of an evaluation."""
    return _said(_STATES, name)


def recommendation(name: str | None) -> str:
    """What the evaluator recommends."""
    return _said(_RECOMMENDATIONS, name)
