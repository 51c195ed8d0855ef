"""A message is tried again while its order is pushed in good form: neither waits for the other crosswise (2.1.2)."""

import threading

import pytest
from django.db import connection

from jiedan.connectors import accounts, quarantine, replaying
from jiedan.connectors.desk import Delivery, hand_in
from jiedan.connectors.models import Account, Quarantined
from jiedan.core import clock
from jiedan.kernel.dispatch import dispatch
from jiedan.orders.models import Order
from tests.cast import Cast, acting, incoming
from tests.concurrency.together import together

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite lets one writer in at a time: nobody waits crosswise"
    ),
]
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def shop(cast: Cast) -> Account:
    return accounts.connect("webhook", "hangzhou", "自营网店", "", {"secret": SECRET}, clock.now(), code="own")


def test_a_push_passes_a_message_that_somebody_tries_again(
    shop: Account, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = accounts.facts_of(shop)
    quarantine.set_aside(
        account_id=shop.pk, channel="webhook", kind="order", raw=b"{}", cause="invalid", reason=("有误", "wrong"),
        external_id="W1",
    )  # fmt: skip
    message = Quarantined.objects.get()
    held, waiting = threading.Event(), threading.Event()
    settle = quarantine.settle_all

    def good(remark: str) -> Delivery:
        return Delivery(
            facts, "order.updated", remark.encode(), incoming("W1", platform="webhook", buyer_remark=remark)
        )

    def read(*_given: object) -> None:
        # The message's row is locked, and the order will be asked for.
        held.set()
        waiting.wait(20)
        hand_in(good("again"))

    def settled(given: list[quarantine.Good]) -> int:
        waiting.set()
        return settle(given)

    def tried_again() -> str:
        return dispatch("connectors.replay_message", acting(cast.head), {}, subject=message).subject.stage

    def pushed() -> str:
        held.wait(20)
        return hand_in(good("push")).outcome.value

    monkeypatch.setitem(replaying.READERS, "webhook", read)
    monkeypatch.setattr(quarantine, "settle_all", settled)
    assert together([tried_again, pushed]) == {"settled": 1, "created": 1}
    assert Order.objects.get().buyer_remark == "again"
