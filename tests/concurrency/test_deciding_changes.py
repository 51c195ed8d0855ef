"""Somebody decides on a platform's change in the moment in which a colleague decides or the platform changes it again."""

from collections.abc import Callable

import pytest
from django.db import connection

from jiedan.acquisition.intake import take_in
from jiedan.acquisition.models import ChangeNotice
from jiedan.core.lifecycle import OrderStage
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import Record
from jiedan.orders.models import Order
from tests.cast import Cast, acting, incoming, order_at
from tests.concurrency.together import together

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite lets one writer in at a time: no race to lose"
    ),
]


def _decide(cast: Cast, order: Order, step: str, remark: str) -> Callable[[], str]:
    data = {"content_hash": incoming(order.external_id, buyer_remark=remark).content_hash(), "reason": "客户同意"}
    return lambda: dispatch(f"acquisition.{step}", acting(cast.head), data, subject=order).record.action


def test_one_of_two_people_decides_and_the_other_is_told(cast: Cast) -> None:
    for n in range(6):
        order = order_at(OrderStage.ACCEPTED, cast, f"D{n}")
        take_in(incoming(f"D{n}", buyer_remark="B"))
        found = together([_decide(cast, order, step, "B") for step in ("take_over_change", "reject_change")])
        assert (found.total(), found["Refused"]) == (2, 1)
        order.refresh_from_db()
        assert order.buyer_remark == ("B" if found["acquisition.take_over_change"] else "")
    assert not ChangeNotice.objects.filter(state="pending").exists()


def test_a_newer_message_is_never_decided_on_unseen(cast: Cast) -> None:
    for n in range(10):
        number = f"N{n}"
        order = order_at(OrderStage.ACCEPTED, cast, number)
        take_in(incoming(number, buyer_remark="B"))
        found = together(
            [
                lambda number=number: take_in(incoming(number, buyer_remark="C")).value,  # type: ignore[misc]
                _decide(cast, order, "take_over_change", "B"),
            ]
        )
        order.refresh_from_db()
        taken = found["acquisition.take_over_change"] == 1
        assert (found["noted"], found["Refused"], order.buyer_remark) == (1, 1 - taken, "B" if taken else "")
        waiting = ChangeNotice.objects.get(order=order, state="pending")
        assert waiting.content_hash == incoming(number, buyer_remark="C").content_hash()
    assert Record.objects.filter(action="acquisition.note_change").count() == 20
