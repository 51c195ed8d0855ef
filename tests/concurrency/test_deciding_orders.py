"""Several people decide on one evaluation in the same moment: one vote each, exact counts, one verdict (2.2.3)."""

from collections.abc import Callable

import pytest
from django.db import connection

from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.evaluation.models import Ballot, DecisionVersion, Evaluation
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import Record
from jiedan.orders.models import Order
from jiedan.people.models import Staff
from tests.cast import FRIDAY, Cast, acting, order_at, person
from tests.concurrency.together import together

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite lets one writer in at a time: no race to lose"
    ),
]


def _rules(mode: str, *members: str) -> None:
    ends: dict[str, object] = {
        "amount_from": None,
        "amount_to": None,
        "risk_from": "low",
        "risk_to": "blocking",
        "departments": [],
    }
    rules = [{"mode": mode, "members": list(members), **ends}]
    DecisionVersion.objects.create(number=1, rules=rules, reason="试", created_at=FRIDAY)


def _press(staff: Staff, order: Order, step: str = "approve_evaluation", **more: str) -> Callable[[], str]:
    given = {"content_hash": Evaluation.objects.get(order=order).content_hash, **more}
    return lambda: dispatch(f"evaluation.{step}", acting(staff), given, subject=order).record.stage


def test_of_two_who_may_decide_alone_one_does_and_the_other_is_told(cast: Cast) -> None:
    _rules("single", "head", "decider")
    for n in range(6):
        order = order_at(OrderStage.DECIDING, cast, f"D{n}")
        against = _press(cast.decider, order, "decline_order", reason="交期", advice="现货")
        found = together([_press(cast.head, order), against])
        order.refresh_from_db()
        assert (found.total(), found["Refused"], found[order.stage]) == (2, 1, 1)
        assert order.stage in (OrderStage.NEGOTIATING, OrderStage.DECLINED)
        assert Ballot.objects.filter(evaluation__order=order).count() == 1


def test_of_five_votes_at_once_the_third_decides_and_two_come_too_late(cast: Cast) -> None:
    people = [person(f"70{n}", f"委员{n}", cast.company, Role.DECISION_MAKER) for n in range(5)]
    _rules("majority", *(staff.number for staff in people))
    order = order_at(OrderStage.DECIDING, cast)
    found = together([_press(staff, order) for staff in people])
    assert found == {"deciding": 2, "negotiating": 1, "Refused": 2}
    assert Ballot.objects.count() == 3
    assert Record.objects.filter(action="evaluation.approve_evaluation").count() == 3


def test_one_person_pressing_four_times_votes_once(cast: Cast) -> None:
    _rules("all", "head", "decider")
    order = order_at(OrderStage.DECIDING, cast)
    found = together([_press(cast.head, order)] * 4)
    assert found == {"deciding": 1, "Refused": 3}
    assert Ballot.objects.count() == 1


def _recall(cast: Cast, order: Order) -> Callable[[], str]:
    taker, why = acting(cast.taker), {"reason": "补充"}
    return lambda: dispatch("evaluation.recall_evaluation", taker, why, subject=order).record.stage


def test_a_vote_and_a_recall_at_once_leave_one_of_them(cast: Cast) -> None:
    _rules("single", "head")
    for n in range(6):
        order = order_at(OrderStage.DECIDING, cast, f"R{n}")
        found = together([_press(cast.head, order), _recall(cast, order)])
        order.refresh_from_db()
        assert (found["Refused"], found[order.stage]) == (1, 1)
