"""Votes on a submitted evaluation: whose seat, about which content, and what they amount to (clauses 2.2.3, 1.3.4)."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from jiedan.core.decision import Body, Mode, Verdict
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.evaluation import asking, papers
from jiedan.evaluation.models import Ballot, Evaluation
from jiedan.kernel.dispatch import Context
from jiedan.kernel.errors import Refused
from jiedan.orders.models import Order
from jiedan.people.actor import Actor, Grant
from jiedan.people.models import Staff

_STATES = {
    Verdict.OPEN: Evaluation.SUBMITTED,
    Verdict.TAKEN: Evaluation.TAKEN,
    Verdict.DECLINED: Evaluation.DECLINED,
}
_STAGES = {
    Evaluation.TAKEN: OrderStage.NEGOTIATING,
    Evaluation.DECLINED: OrderStage.DECLINED,
}


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody's right to vote: for which seat, with which grant."""

    seat: int
    grant: Grant


def voice(paper: Evaluation, actor: Actor) -> Voice | None:
    """The seat that is asked now and that the person holds, or holds for somebody absent; their own one first."""
    body, votes = Body.read(paper.body), asking.votes_of(paper)
    own = body.seat_for([actor.staff_id or 0], votes)
    if own is not None:
        grants = [grant for grant in actor.grants if grant.on_behalf_of is None]
        grant = min(grants, key=lambda grant: _fitness(grant, body.seats[own].decides), default=None)
        return None if grant is None else Voice(own, grant)
    for lent in (grant for grant in actor.grants if grant.on_behalf_of is not None):
        seat = body.seat_for([lent.on_behalf_of or 0], votes)
        if seat is not None and lent.role in (Role.DEPARTMENT_HEAD, Role.DECISION_MAKER):
            grants = [grant for grant in actor.grants if grant.on_behalf_of == lent.on_behalf_of]
            return Voice(seat, min(grants, key=lambda grant: _fitness(grant, body.seats[seat].decides)))
    return None


def _fitness(grant: Grant, decides: bool) -> int:
    order = (Role.DECISION_MAKER, Role.DEPARTMENT_HEAD) if decides else (Role.DEPARTMENT_HEAD, Role.DECISION_MAKER)
    return order.index(grant.role) if grant.role in order else len(order)


def may_vote(paper: Evaluation, actor: Actor) -> bool:
    """Whether the person can vote on this paper now."""
    return actor.staff_id not in paper.authors and not _has_voted(paper, actor) and voice(paper, actor) is not None


def _has_voted(paper: Evaluation, actor: Actor) -> bool:
    return any(ballot.staff_id == actor.staff_id for ballot in paper.ballots.all())


def why_not(paper: Evaluation, order: Order, actor: Actor, names: Mapping[int, str] | None = None) -> str | None:
    """Why the person can't vote on this paper now, in a sentence; None when they can. NAMES as in `asked_titles`."""
    if actor.staff_id in paper.authors:
        return _("You worked on the evaluation of %(ref)s; nobody decides on their own work. Others were asked.") % {
            "ref": order.ref
        }
    if _has_voted(paper, actor):
        return _("You have voted on %(ref)s already; nobody votes twice.") % {"ref": order.ref}
    if voice(paper, actor) is None:
        return _("You aren't asked to decide on %(ref)s now; asked are: %(who)s.") % {
            "ref": order.ref,
            "who": "、".join(asked_titles(paper, names)) or "—",
        }
    return None


def asked_titles(paper: Evaluation, names: Mapping[int, str] | None = None) -> list[str]:
    """The seats whose vote is wanted now, with the people who hold them; NAMES are theirs, if they are known already."""
    body = Body.read(paper.body)
    wanted = [body.seats[number] for number in body.asked(asking.votes_of(paper))]
    if names is None:
        holders = {pk for seat in wanted for pk in seat.holders}
        names = dict(Staff.objects.filter(pk__in=holders).values_list("pk", "name"))
    return [_called(seat.title, [names.get(pk, "") for pk in seat.holders]) for seat in wanted]


def _called(title: str, names: list[str]) -> str:
    return title if names == [title] else f"{title}（{'、'.join(names)}）"


def seen(order: Order, content_hash: str, *, still: bool = True) -> Evaluation:
    """The paper that waits for a decision, if it is the one that the person saw (its hash).

    With STILL the order has to be as it was evaluated, too. Raises Refused.
    """
    paper = papers.submitted(order)
    if paper is None or paper.content_hash != content_hash:
        raise Refused(
            _("The evaluation of %(ref)s is another one than you saw. Read it as it is now, then decide.")
            % {"ref": order.ref},
            "evaluation_outdated",
        )
    if still and not papers.is_as_submitted(paper, order):
        raise Refused(changed_order_sentence(order), "order_changed")
    return paper


def changed_order_sentence(order: Order) -> str:
    """What a decision maker reads when the order was changed after it was evaluated."""
    return _(
        "The data of %(ref)s changed after it was evaluated. Return the evaluation, so that it is checked and submitted again."
    ) % {"ref": order.ref}


def cast(paper: Evaluation, vote: str, ctx: Context, words: str, advice: str = "") -> Verdict:
    """Put the vote into the person's seat and say what the votes amount to; the paper's state follows.

    The record then shows the grant that the seat was filled with, so both names where somebody stood in.
    """
    found = voice(paper, ctx.actor)
    if found is None or ctx.actor.staff_id is None:
        raise Refused(why_not(paper, paper.order, ctx.actor) or "")
    ctx.grant = found.grant
    Ballot.objects.create(
        evaluation=paper, seat=found.seat, staff_id=ctx.actor.staff_id, on_behalf_of_id=found.grant.on_behalf_of,
        vote=vote, content_hash=paper.content_hash, words=words, advice=advice, at=ctx.now,
    )  # fmt: skip
    body = Body.read(paper.body)
    verdict = Verdict.OPEN if vote == Ballot.RETURN else body.verdict(asking.votes_of(paper))
    ctx.note(
        content_hash=paper.content_hash,
        round=paper.round,
        seat=body.seats[found.seat].title,
        votes={str(number): kind.value for number, kind in asking.votes_of(paper).items()},
    )
    return verdict


def conclude(paper: Evaluation, order: Order, verdict: Verdict, ctx: Context) -> None:
    """What follows from the votes: the paper is decided, or the next are asked. The record names whom to tell."""
    paper.state = _STATES[verdict]
    if verdict is Verdict.OPEN:
        people = asking.holders_asked(paper)
        asking.open_for(order, people, ctx.now)
        # Where all are asked at once they have been told already.
        ctx.note(asked=people if Body.read(paper.body).mode is Mode.SEQUENCE else [])
    else:
        paper.decided_at = ctx.now
        asking.close(order, ctx.now)
        ctx.note(evaluators=paper.authors)
    paper.save()


def stage_now(order: Order) -> str:
    """Where the votes have brought the order."""
    paper = papers.newest(order)
    return OrderStage.DECIDING if paper is None else _STAGES.get(paper.state, OrderStage.DECIDING)


def is_decided(order: Order) -> bool:
    """Whether the votes have brought the order on."""
    return stage_now(order) != OrderStage.DECIDING


def sits_as_decider(paper: Evaluation, actor: Actor) -> bool:
    """Whether the person's seat is a decision maker's: where the law stands in the way, their reason is needed."""
    found = voice(paper, actor)
    return found is not None and Body.read(paper.body).seats[found.seat].decides
