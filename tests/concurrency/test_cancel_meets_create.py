"""A cancellation and its order arrive in the same moment: whoever is first, the order ends cancelled, and once."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from jiedan.acquisition import early, identity
from jiedan.acquisition.cancelling import cancel
from jiedan.acquisition.intake import take_in
from jiedan.core.lifecycle import OrderStage
from jiedan.kernel.models import Record
from jiedan.orders.models import Order
from tests.cast import Cast, incoming
from tests.concurrency.together import together

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite lets one writer in at a time: no race to lose"
    ),
]


def _create(number: str) -> Callable[[], str]:
    return lambda: take_in(incoming(number, status="placed")).value


def _cancel(number: str) -> Callable[[], str]:
    return lambda: cancel("kaola", "hangzhou", number, "渠道申请取消").state.value


def _stages() -> set[str]:
    return set(Order.objects.values_list("stage", flat=True))


def test_an_order_and_its_cancellation_in_one_moment_end_cancelled(cast: Cast) -> None:
    for n in range(12):
        together([_create(f"R{n}"), _cancel(f"R{n}"), _create(f"R{n}"), _cancel(f"R{n}")])
    assert (Order.objects.count(), _stages()) == (12, {OrderStage.CANCELLED})
    assert Record.objects.filter(action="acquisition.cancel_order").count() == 12


def test_without_holding_the_number_a_cancellation_can_get_lost(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    # Positive control: the create has looked for early cancellations, the cancel for the order, neither is committed.
    monkeypatch.setattr(identity, "hold", lambda _names: None)
    looked, cancelled = threading.Event(), threading.Event()
    look = early.cancelled

    def slow(orders: object) -> dict[int, str]:
        found = look(orders)  # type: ignore[arg-type]
        looked.set()
        cancelled.wait(20)
        return found

    def cancel_meanwhile() -> str:
        looked.wait(20)
        state = _cancel("R1")()
        cancelled.set()
        return state

    monkeypatch.setattr(early, "cancelled", slow)
    together([_create("R1"), cancel_meanwhile])
    assert _stages() == {OrderStage.ROUTED}
