"""The evaluation sheet as people fill it in: lenient while it is written, whole before it is submitted (2.2.1, 2.2.2)."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from jiedan.core import feasibility, risk
from jiedan.core.feasibility import Answer, Grade, Question
from jiedan.core.risk import Lack, Level, Limits, Risk, RiskKind
from jiedan.kernel.errors import Invalid
from jiedan.kernel.fields import StaffRef
from jiedan.kernel.fields import lazy as gettext_lazy
from jiedan.kernel.inputs import reasons


def _nothing(given: object) -> object:
    return None if given == "" else given


Blank = BeforeValidator(_nothing)
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
Points = Annotated[int, Field(ge=1, le=5)]


class Part(BaseModel):
    """A part of the sheet that knows exactly its own fields."""

    model_config = ConfigDict(extra="forbid")


class AnswerPart(Part):
    """The answer to one question of feasibility."""

    grade: Annotated[Literal["yes", "conditions", "no"] | None, Blank] = Field(None, title=gettext_lazy("Grade"))
    grounds: Words = Field("", title=gettext_lazy("Grounds"))


class RiskPart(Part):
    """The entry of one kind of risk."""

    likelihood: Annotated[Points | None, Blank] = Field(None, title=gettext_lazy("Likelihood"))
    impact: Annotated[Points | None, Blank] = Field(None, title=gettext_lazy("Impact"))
    grounds: Words = Field("", title=gettext_lazy("Grounds"))
    measure: Words = Field("", title=gettext_lazy("Measure"))
    owner: Annotated[StaffRef | None, Blank] = Field(None, title=gettext_lazy("Who sees to it"))


class Sheet(Part):
    """The whole sheet; everything may be missing while it is a draft."""

    scope: AnswerPart = AnswerPart.model_validate({})
    resources: AnswerPart = AnswerPart.model_validate({})
    difficulty: AnswerPart = AnswerPart.model_validate({})
    credit: RiskPart = RiskPart.model_validate({})
    market: RiskPart = RiskPart.model_validate({})
    legal: RiskPart = RiskPart.model_validate({})
    platform: RiskPart = RiskPart.model_validate({})
    delivery: RiskPart = RiskPart.model_validate({})
    recommendation: Annotated[Literal["take", "decline"] | None, Blank] = Field(
        None, title=gettext_lazy("Recommendation")
    )
    next_step: Words = Field("", title=gettext_lazy("Next step, if it is taken on"))
    reason: Words = Field("", title=gettext_lazy("Reason, if it is declined"))
    advice: Words = Field("", title=gettext_lazy("Advice to the customer, if it is declined"))

    def answers(self) -> list[Answer]:
        """The three answers, as the rules know them."""
        found = {question: getattr(self, question.value) for question in Question}
        return [Answer(name, Grade(part.grade) if part.grade else None, part.grounds) for name, part in found.items()]

    def risks(self) -> list[Risk]:
        """The register, as the rules know it."""
        return [Risk(kind, **getattr(self, kind.value).model_dump()) for kind in RiskKind]


STEPS: Mapping[str, tuple[str, ...]] = {
    "feasibility": tuple(question.value for question in Question),
    "risks": tuple(kind.value for kind in RiskKind),
    "conclusion": ("recommendation", "next_step", "reason", "advice"),
}
"""The steps of the wizard and the parts that each shows."""


def merged(content: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The content with what is GIVEN in its place, part by part. Raises Invalid by field."""
    whole = dict(content)
    for name, part in given.items():
        before = whole.get(name)
        whole[name] = {**before, **part} if isinstance(before, dict) and isinstance(part, Mapping) else part
    try:
        return Sheet.model_validate(whole).model_dump(mode="json")
    except ValidationError as error:
        raise Invalid(reasons(error), _("Some fields need to be corrected.")) from error


def require_whole(sheet: Sheet, limits: Limits, prefilled: Mapping[str, Any]) -> None:
    """Whether the sheet can be submitted. Raises Invalid naming everything that is missing (1.3.1, 2.2.1, 2.2.2)."""
    problems = {**_answers(sheet), **_risks(sheet, limits), **_conclusion(sheet)}
    for kind in (RiskKind.LEGAL, RiskKind.PLATFORM):
        if _played_down(sheet, kind, limits, prefilled):
            problems.setdefault(f"{kind}.grounds", []).append(
                _("The screening found listed words. Say why the risk is smaller than the system judged it.")
            )
    if problems:
        raise Invalid(problems, _("The evaluation isn't complete; what is missing is named below."))


def _answers(sheet: Sheet) -> dict[str, list[str]]:
    said: dict[str, Callable[[], str]] = {
        "grade": lambda: _("Grade the question: yes, with conditions, or no."),
        "grounds": lambda: _("Say what your answer rests on."),
    }
    lacks = feasibility.lacking(sheet.answers())
    return {f"{question}.{name}": [said[name]()] for question, names in lacks.items() for name in names}


def _risks(sheet: Sheet, limits: Limits) -> dict[str, list[str]]:
    said: dict[Lack, tuple[str, Callable[[], str]]] = {
        Lack.JUDGEMENT: ("likelihood", lambda: _("Judge how likely it is and how bad it would be.")),
        Lack.GROUNDS: ("grounds", lambda: _("Say what the risk is; above low it needs grounds.")),
        Lack.MEASURE: ("measure", lambda: _("A risk above low needs a measure; without one it can't be submitted.")),
        Lack.OWNER: ("owner", lambda: _("Say who sees to the measure.")),
    }
    lacks = risk.lacking(sheet.risks(), limits)
    return {f"{kind}.{said[lack][0]}": [said[lack][1]()] for kind, found in lacks.items() for lack in found}


def _conclusion(sheet: Sheet) -> dict[str, list[str]]:
    if sheet.recommendation is None:
        return {"recommendation": [_("Recommend to take the order on or to decline it.")]}
    if sheet.recommendation == "take":
        if not feasibility.feasible(sheet.answers()):
            return {
                "recommendation": [_("A question is answered with no: recommend to decline, or correct the answer.")]
            }
        return (
            {}
            if sheet.next_step
            else {"next_step": [_("Suggest the next step, e.g. what to agree with the customer.")]}
        )
    wanted = {"reason": _("Say why the order should be declined."), "advice": _("Say what the customer could do.")}
    return {name: [sentence] for name, sentence in wanted.items() if not getattr(sheet, name)}


def _played_down(sheet: Sheet, kind: RiskKind, limits: Limits, prefilled: Mapping[str, Any]) -> bool:
    begun = RiskPart.model_validate(prefilled.get(kind.value, {}))
    part: RiskPart = getattr(sheet, kind.value)
    judged, now = (Risk(kind, p.likelihood, p.impact).level(limits) or Level.LOW for p in (begun, part))
    return now.rank < judged.rank and part.grounds == begun.grounds
