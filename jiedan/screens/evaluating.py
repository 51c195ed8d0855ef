"""The steps of the evaluation's wizard as forms: what stands in them, what the system knows, what is wrong (2.2.1, 2.2.2)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from jiedan.core.risk import Limits, Risk, RiskKind
from jiedan.evaluation import papers, wording
from jiedan.evaluation.finding import Finding
from jiedan.evaluation.known import findings
from jiedan.evaluation.models import Evaluation
from jiedan.evaluation.sheet import STEPS, RiskPart
from jiedan.kernel import rules
from jiedan.orders.models import Order
from jiedan.people.models import Staff

QUESTIONS, RISKS = STEPS["feasibility"], STEPS["risks"]
_STEPS: Mapping[str, Callable[[], str]] = {
    "feasibility": lambda: _("Feasibility"),
    "risks": lambda: _("Risks"),
    "conclusion": lambda: _("Conclusion"),
}


@dataclass(slots=True)
class PartView:
    """A part of the sheet on its form."""

    name: str
    title: str
    values: Mapping[str, Any]
    finding: Finding
    prefilled: bool = False
    """Whether the grounds are the system's own words still."""
    errors: dict[str, list[str]] = field(default_factory=dict)
    level: str = ""
    tone: str = ""


def step_title(step: str) -> str:
    """What a step of the wizard is called."""
    return _STEPS[step]()


def next_step(step: str) -> str:
    """The step after this one; the last one is its own."""
    names = list(STEPS)
    return names[min(names.index(step) + 1, len(names) - 1)]


def typed(data: QueryDict, step: str) -> dict[str, Any]:
    """What a form of this step sent, as parts of the sheet."""
    found: dict[str, Any] = {}
    for name, value in data.items():
        part, _dot, key = name.partition(".")
        if part in STEPS[step] and isinstance(value, str):
            if key:
                found.setdefault(part, {})[key] = value
            else:
                found[part] = value
    return found


def wizard_context(
    order: Order, paper: Evaluation, step: str, now: datetime, errors: Mapping[str, list[str]] | None = None
) -> dict[str, Any]:
    """What the wizard's page shows of this step."""
    wrong, limits = dict(errors or {}), papers.limits(rules.in_force(now))
    found = findings(order, now) if step != "conclusion" else {}
    return {
        "subject": order,
        "paper": paper,
        "step": step,
        "steps": [(name, step_title(name)) for name in STEPS],
        "last": step == "conclusion",
        "parts": [_part(name, paper, found[name], wrong, limits) for name in STEPS[step] if name in found],
        "content": paper.content,
        "errors": wrong,
        "elsewhere": _elsewhere(step, wrong),
        "grades": [(name, wording.grade(name)) for name in ("yes", "conditions", "no")],
        "points": range(1, 6),
        "people": _people(order) if step == "risks" else [],
        "limits": limits,
    }


def _part(name: str, paper: Evaluation, finding: Finding, errors: Mapping[str, list[str]], limits: Limits) -> PartView:
    values = paper.content.get(name, {})
    begun = paper.prefilled.get(name, {}).get("grounds", "")
    view = PartView(name, _title(name), values, finding, bool(begun) and values.get("grounds") == begun)
    view.errors = {key.partition(".")[2]: why for key, why in errors.items() if key.startswith(f"{name}.")}
    if name in RISKS:
        part = RiskPart.model_validate({} if view.errors else values)
        level = Risk(RiskKind(name), part.likelihood, part.impact).level(limits)
        view.level, view.tone = wording.level(level), wording.LEVEL_TONES.get(level or "", "")
    return view


def _title(name: str) -> str:
    return wording.question(name) if name in QUESTIONS else wording.risk(name)


def _elsewhere(step: str, errors: Mapping[str, list[str]]) -> list[dict[str, str]]:
    """What is missing on the other steps, with the way there."""
    found = []
    for key, why in errors.items():
        part = key.partition(".")[0]
        there = next((name for name, parts in STEPS.items() if part in parts), step)
        if there != step:
            found.append({"step": there, "part": part, "title": _title(part), "why": " ".join(why)})
    return found


def _people(order: Order) -> list[tuple[int, str]]:
    rows = Staff.objects.filter(is_active=True, department=order.department_id).order_by("number")
    return [(row.pk, f"{row.name}（{row.number}）") for row in rows]
