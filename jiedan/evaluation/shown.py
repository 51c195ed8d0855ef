"""An evaluation as a page or a program shows it: answers, register, votes so far, and what happens next."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from jiedan.core.decision import Body, Mode, Seat
from jiedan.core.feasibility import Question
from jiedan.core.lifecycle import OrderStage
from jiedan.core.risk import Limits, Risk
from jiedan.evaluation import asking, papers, voting, wording
from jiedan.evaluation.models import Ballot, Evaluation
from jiedan.evaluation.sheet import Sheet
from jiedan.kernel import rules
from jiedan.kernel.rules import Rules
from jiedan.orders.models import Order
from jiedan.people.models import Staff


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """The answer to a question, what the system knew when it was submitted, and what it didn't."""

    title: str
    grade: str
    tone: str
    grounds: str
    known: Sequence[str]
    unknown: Sequence[str]


@dataclass(frozen=True, slots=True)
class RiskRow:
    """An entry of the register."""

    title: str
    likelihood: int | None
    impact: int | None
    points: int | None
    level: str
    tone: str
    grounds: str
    measure: str
    owner: str


@dataclass(frozen=True, slots=True)
class SeatRow:
    """A seat of the body and the vote for it, if any; `on_behalf_of` names whom the voter stood in for."""

    title: str
    holders: str
    vote: str = ""
    tone: str = ""
    who: str = ""
    on_behalf_of: str = ""
    at: datetime | None = None
    words: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class PaperView:
    """An evaluation as it is read."""

    paper: Evaluation
    state: str
    answers: Sequence[AnswerRow]
    risks: Sequence[RiskRow]
    level: str
    tone: str
    recommendation: str
    mode: str
    seats: Sequence[SeatRow]
    following: str
    authors: str
    changed: str = ""


def paper_view(
    order: Order, paper: Evaluation, now: datetime, current: Rules | None = None, names: Mapping[int, str] | None = None
) -> PaperView:
    """The evaluation as a page shows it; a draft that isn't saved yet too.

    CURRENT are the rules in force at NOW and NAMES those of `names_of`, if they were asked for already.
    """
    sheet, limits = Sheet.model_validate(paper.content), papers.limits(current or rules.in_force(now))
    body = Body.read(paper.body) if paper.body else None
    risks = sheet.risks()
    names = names_of([paper]) if names is None else names
    waits = paper.state == Evaluation.SUBMITTED and order.stage == OrderStage.DECIDING
    return PaperView(
        paper=paper,
        state=wording.state(paper.state),
        answers=[_answer(sheet, paper, question) for question in Question],
        risks=[_risk(risk, limits, names) for risk in risks],
        level=wording.level(paper.level),
        tone=wording.LEVEL_TONES.get(paper.level, ""),
        recommendation=wording.recommendation(sheet.recommendation),
        mode=wording.mode(body.mode) if body else "",
        seats=_seats(paper, body, names) if body else [],
        following=following(paper, body, names) if body and waits else "",
        authors="、".join(names[pk] for pk in paper.authors if pk in names),
        changed=voting.changed_order_sentence(order) if waits and not papers.is_as_submitted(paper, order) else "",
    )


def names_of(shown: Iterable[Evaluation]) -> dict[int, str]:
    """The names of everybody who stands in these papers: authors, owners of risks, who is asked. One query."""
    keys = {pk for paper in shown for pk in _people(paper)}
    return dict(Staff.objects.filter(pk__in=keys).values_list("pk", "name"))


def _people(paper: Evaluation) -> Iterator[int]:
    yield from paper.authors
    yield from (risk.owner for risk in Sheet.model_validate(paper.content).risks() if risk.owner)
    if paper.body:
        yield from (holder for seat in Body.read(paper.body).seats for holder in seat.holders)


def _answer(sheet: Sheet, paper: Evaluation, question: Question) -> AnswerRow:
    part = getattr(sheet, question.value)
    kept = paper.known.get(question.value, {})
    tone = wording.GRADE_TONES.get(part.grade, "")
    # What stands word for word in the grounds isn't said twice.
    known = [sentence for sentence in kept.get("known", []) if sentence not in part.grounds]
    title = wording.question(question)
    return AnswerRow(title, wording.grade(part.grade), tone, part.grounds, known, kept.get("unknown", []))


def _risk(risk: Risk, limits: Limits, names: Mapping[int, str]) -> RiskRow:
    level = risk.level(limits)
    return RiskRow(
        wording.risk(risk.kind), risk.likelihood, risk.impact, risk.points, wording.level(level),
        wording.LEVEL_TONES.get(level or "", ""), risk.grounds, risk.measure, names.get(risk.owner or 0, ""),
    )  # fmt: skip


def _seats(paper: Evaluation, body: Body, names: Mapping[int, str]) -> list[SeatRow]:
    # Asks nothing where the page has read them along.
    prefetch_related_objects([paper], asking.ballots())
    ballots = {row.seat: row for row in paper.ballots.all()}
    return [_seat(seat, ballots.get(number), names) for number, seat in enumerate(body.seats)]


def _seat(seat: Seat, ballot: Ballot | None, names: Mapping[int, str]) -> SeatRow:
    holders = "、".join(names.get(pk, "") for pk in seat.holders)
    shown = "" if holders == seat.title else holders
    if ballot is None:
        return SeatRow(seat.title, shown)
    tones = {Ballot.TAKE: "ok", Ballot.DECLINE: "bad", Ballot.RETURN: "warn"}
    return SeatRow(
        seat.title, shown, wording.vote(ballot.vote), tones[ballot.vote], ballot.staff.name,
        ballot.on_behalf_of.name if ballot.on_behalf_of else "", ballot.at, ballot.words, ballot.advice,
    )  # fmt: skip


def following(paper: Evaluation, body: Body, names: Mapping[int, str]) -> str:
    """What happens next, in a sentence."""
    votes = asking.votes_of(paper)
    numbers = {
        "for": sum(1 for vote in votes.values() if vote == Ballot.TAKE),
        "against": sum(1 for vote in votes.values() if vote == Ballot.DECLINE),
        "seats": len(body.seats),
        "half": len(body.seats) // 2 + 1,
        "who": "、".join(voting.asked_titles(paper, names)),
    }
    if len(body.seats) == 1 or body.mode is Mode.SINGLE:
        return _("The next vote decides. Asked: %(who)s.") % numbers
    if body.mode is Mode.MAJORITY:
        return _("%(for)d for, %(against)d against; %(half)d of %(seats)d decide. Asked: %(who)s.") % numbers
    if body.mode is Mode.SEQUENCE:
        return _("%(for)d of %(seats)d have agreed, one after the other. Asked now: %(who)s.") % numbers
    return _("%(for)d of %(seats)d have agreed; one against is enough to decline. Asked: %(who)s.") % numbers
