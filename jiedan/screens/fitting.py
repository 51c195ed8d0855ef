"""How well a listing fits, in words (clause 2.1.1)."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from jiedan.core.fit import WEIGHTS, Criterion, Fit, Reason
from jiedan.core.screening import Ban

GOOD, FAIR = 60, 40
"""Points from which a listing fits well, or somewhat."""
_TITLES = {
    Criterion.CATEGORY: lambda: _("Category"),
    Criterion.PRICE: lambda: _("Price"),
    Criterion.LEAD_TIME: lambda: _("Working days"),
    Criterion.CAPACITY: lambda: _("Open orders"),
    Criterion.REGION: lambda: _("Region"),
    Criterion.SKILLS: lambda: _("Skills"),
}


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """One criterion: what is wanted, what the department declares, and the points it brings."""

    title: str
    tone: str
    mark: str
    wanted: str
    declared: str
    points: str


def fit_view(found: Fit) -> dict[str, Any]:
    """The score and its reasons as a card or page shows them."""
    reasons = [_row(reason) for reason in found.reasons]
    return {
        "score": found.score,
        "tone": _tone(found.score),
        "reasons": reasons,
        "known": [row for row in reasons if row.mark],
        "refused": found.refused,
        "hits": found.hits,
        "prohibited": [hit.word for hit in found.hits if hit.ban is Ban.PROHIBITED],
        "against_rules": [hit.word for hit in found.hits if hit.ban is Ban.PLATFORM],
    }


def _tone(score: int | None) -> str:
    if score is None:
        return ""
    return "ok" if score >= GOOD else "warn" if score >= FAIR else "bad"


def _row(reason: Reason) -> ReasonRow:
    title, most = _TITLES[reason.criterion](), WEIGHTS[reason.criterion]
    if reason.share is None:
        return ReasonRow(title, "", "", reason.wanted, reason.declared, "—")
    tone, mark = ("ok", "✓") if reason.share == 1 else ("warn", "△") if reason.share > 0 else ("bad", "✗")
    return ReasonRow(title, tone, mark, reason.wanted, reason.declared, f"{most * reason.share:g} / {most}")
