"""Whoever is asked to decide may read that one order while they are asked, and no longer (clause 6.2.3)."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Prefetch, Q

from jiedan.core.decision import Body, Vote
from jiedan.evaluation.models import Ballot, Evaluation
from jiedan.kernel.models import Record
from jiedan.orders.access import READERS
from jiedan.orders.models import Order
from jiedan.people.models import Department, ReadingRight, RoleAssignment


def votes_of(paper: Evaluation) -> dict[int, Vote]:
    """The votes so far, by seat."""
    # Asked of all ballots, so that a page which has read them along with the paper needs no further query.
    return {ballot.seat: Vote(ballot.vote) for ballot in paper.ballots.all() if ballot.vote != Ballot.RETURN}


def ballots() -> "Prefetch[str]":
    """The ballots with their people, for pages that read them along with papers."""
    return Prefetch("ballots", Ballot.objects.select_related("staff", "on_behalf_of"))


def holders_asked(paper: Evaluation) -> list[int]:
    """The people whose vote is wanted now."""
    body = Body.read(paper.body)
    return sorted({holder for seat in body.asked(votes_of(paper)) for holder in body.seats[seat].holders})


def open_for(order: Order, people: Collection[int], now: datetime) -> None:
    """Let these people read the order, as far as their roles don't; let everybody else who was asked go."""
    rights = ReadingRight.objects.filter(kind=Order.KIND, subject_id=order.pk, until=None)
    rights.exclude(staff__in=people).update(until=now)
    there = set(rights.values_list("staff", flat=True))
    missing = set(people) - _readers(order, now) - there
    ReadingRight.objects.bulk_create(
        ReadingRight(staff_id=staff, kind=Order.KIND, subject_id=order.pk, since=now) for staff in sorted(missing)
    )


def close(order: Order, now: datetime) -> None:
    """Nobody is asked about the order any more."""
    open_for(order, [], now)


def after_cancel(record: Record, now: datetime) -> None:
    """The order was cancelled: nobody is asked about it any more."""
    ReadingRight.objects.filter(kind=record.subject_type, subject_id=record.subject_id, until=None).update(until=now)


def _readers(order: Order, now: datetime) -> set[int]:
    path = Department.objects.values_list("path", flat=True).get(pk=order.department_id)
    above = [int(part) for part in path.strip("/").split("/")]
    held = RoleAssignment.objects.filter(department__in=above, role__in=READERS[Order.KIND], since__lte=now)
    return set(held.filter(Q(until=None) | Q(until__gt=now)).values_list("staff", flat=True))
